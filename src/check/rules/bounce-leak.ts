// SPDX-License-Identifier: MIT
/** `bounce-leak`: a reader of one buffer gets what was written to another: through a bounce slot, or through a page that was not cleared. */

import { AGENTS, readerPhrase, writtenPhrase } from "../agents.ts";
import { agentOf } from "../workload.ts";
import { seenOf } from "./reading.ts";
import { NO_CAUSE, type Rule } from "./rule.ts";

export const bounceLeak: Rule = {
  id: "bounce-leak",
  severity: "error",
  title: "a reader gets another buffer's data",
  question: "Does every reader see its own buffer only?",
  docs: "docs/rules/bounce-leak.md",
  source: "kernel/dma/swiotlb.c:1455-1463 (the slot gets the buffer's own data first, so that nothing older comes back)",
  judge(facts) {
    const agent = agentOf(facts.operation);
    // The host reads frames, not buffers: what is left in DRAM of an older owner is no buffer's.
    return facts.foreign && agent !== null && agent !== "host" ? AGENTS.indexOf(agent) : NO_CAUSE;
  },
  describe: (facts) => `${readerPhrase(agentOf(facts.operation) ?? "device")} gets ${writtenPhrase(seenOf(facts)?.token ?? 0)}, not its own buffer's data`,
  why: () => ({
    text: "Bounce slots and pooled pages are used again. Whatever is handed to a new owner has to be cleared or overwritten first: swiotlb copies the buffer into its slot whatever the direction, and allocators of buffers clear pages.",
    ref: "Documentation/core-api/swiotlb.rst:59-82, kernel/dma/swiotlb.c:1455-1463, drivers/gpu/drm/ttm/ttm_pool.c:225-240",
  }),
  hint: () => "Look for the copy or the clearing that is missing when the slot or the page changes hands.",
};
