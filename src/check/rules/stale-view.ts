// SPDX-License-Identifier: MIT
/** `stale-view`: a reader gets readable bytes, but not the ones written last. */

import type { Configuration } from "../../kernel/index.ts";
import { readerPhrase, writtenPhrase } from "../agents.ts";
import { NOTHING_WRITTEN } from "../oracle.ts";
import { agentOf } from "../workload.ts";
import { isGarbage, readCause, seenOf } from "./reading.ts";
import { NO_CAUSE, type Reason, type Rule, type StepFacts } from "./rule.ts";

/** Which streaming mappings bounce. @ref arch/x86/kernel/pci-dma.c:44-66 pci_swiotlb_detect */
function bouncedMappings({ platform, swiotlb }: Configuration): string {
  if (platform.guest && platform.encryption !== "none" && swiotlb !== "noforce") return "In an encrypted guest all streaming mappings go";
  return swiotlb === "force" ? "With swiotlb=force all streaming mappings go" : "A streaming mapping whose DMA address the device cannot emit goes";
}

const LINES = "Without SME_COHERENT a cache keeps lines of one address with and without the C-bit apart: a dirty one that is written back late undoes, or hides, what was written through the other attribute.";

function why({ configuration }: StepFacts): Reason {
  const bounce = `${bouncedMappings(configuration)} through a swiotlb bounce buffer: CPU and device then work on two copies, and only dma_sync_*, dma_map_* and dma_unmap_* carry data across. TTM calls none of them while a buffer lives.`;
  const ref = "Documentation/core-api/swiotlb.rst:59-82, kernel/dma/swiotlb.c:866 (swiotlb_bounce), drivers/gpu/drm/vmwgfx/vmwgfx_ttm_buffer.c:143-156 (vmw_ttm_map_for_dma)";
  if (configuration.coherent !== false) return { text: bounce, ref };
  return { text: `${LINES} ${bounce}`, ref: `arch/x86/kernel/process.c:827-837, ${ref}` };
}

export const staleView: Rule = {
  id: "stale-view",
  severity: "error",
  title: "somebody misses a write",
  question: "Does every reader get what was written last?",
  docs: "docs/rules/stale-view.md",
  source: "drivers/gpu/drm/vmwgfx/vmwgfx_ttm_buffer.c:143-156 (mapping once and never syncing is legal only where syncing does nothing)",
  judge(facts) {
    const seen = seenOf(facts);
    // What another buffer's owner wrote is worse than stale: `bounce-leak`.
    if (facts.expected === NOTHING_WRITTEN || seen === null || facts.foreign) return NO_CAUSE;
    return !isGarbage(seen) && seen.token !== facts.expected ? readCause(facts) : NO_CAUSE;
  },
  describe(facts) {
    const seen = seenOf(facts);
    const old = seen === null || seen.token === null ? "zeros" : "an older value";
    return `${readerPhrase(agentOf(facts.operation) ?? "device")} gets ${old} instead of ${writtenPhrase(facts.expected)}`;
  },
  why,
  hint: () =>
    "Let TTM allocate the pages with dma_alloc_attrs() (use_dma_alloc of ttm_device_init), so that nothing is bounced, or sync around each access.",
};
