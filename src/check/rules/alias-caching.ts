// SPDX-License-Identifier: MIT
/** `alias-caching`: two CPU mappings of one page have different cache types. */

import type { View } from "../../kernel/index.ts";
import { AGENTS } from "../agents.ts";
import { orderedPair, viewPhrase } from "./alias-attribute.ts";
import { NO_CAUSE, type Rule, type StepFacts } from "./rule.ts";

/** UC- gives way to an MTRR of WC and is UC everywhere else: for RAM and BARs without such an MTRR the two are one. */
function effective(view: View): string | null {
  return view.cache === "UC-" ? "UC" : view.cache;
}

/**
 * The linear map beside the DMA API's own mapping for a device that is not coherent: the kernel has cleaned the linear map's lines before
 * it made that one, and nobody uses the linear map after that. Ref: kernel/dma/direct.c:281 (arch_dma_prep_coherent).
 */
function pastCaches(views: readonly View[], a: View, b: View): boolean {
  const other = a.kind === "linear" ? b : b.kind === "linear" ? a : null;
  return other?.cache === "WC" && views.some((v) => v.kind === "coherent" && v.pfn === other.pfn && v.cache === "WC");
}

/** Two CPU views of one page that disagree, the first such pair in the order of mappings; null where all agree. */
export function disagreeingCaches(views: readonly View[]): readonly [View, View] | null {
  let best: ReturnType<typeof orderedPair> | null = null;
  for (let i = 0; i < views.length; i++) {
    for (let j = i + 1; j < views.length; j++) {
      const a = views[i]!;
      const b = views[j]!;
      if (a.pfn !== b.pfn || a.cache === null || b.cache === null || effective(a) === effective(b) || pastCaches(views, a, b)) continue;
      const found = orderedPair(a, b);
      if (best === null || found.rank < best.rank) best = found;
    }
  }
  return best?.pair ?? null;
}

const pairOf = (facts: StepFacts): readonly [View, View] | null => (facts.views === null ? null : disagreeingCaches(facts.views));

export const aliasCaching: Rule = {
  id: "alias-caching",
  severity: "error",
  title: "two mappings of a page differ in cache type",
  question: "Do all CPU mappings of a page use the same cache type?",
  docs: "docs/rules/alias-caching.md",
  source: "Documentation/arch/x86/pat.rst:10-14 (no two memory types for one physical address)",
  judge(facts) {
    const pair = pairOf(facts);
    return pair === null ? NO_CAUSE : AGENTS.indexOf(pair[0].kind) * 8 + AGENTS.indexOf(pair[1].kind);
  },
  describe(facts) {
    const pair = pairOf(facts);
    if (pair === null) return "two mappings of a page differ in cache type";
    const [a, b] = pair;
    return `${viewPhrase(a)} is ${a.cache}, ${viewPhrase(b)} ${b.cache}, on the same page`;
  },
  why: () => ({
    text: "The CPU leaves it open what a page holds that is mapped with two cache types at once: a line that one mapping has cached may be written over what the other stored.",
    ref: "Documentation/arch/x86/pat.rst:10-14, arch/x86/mm/pat/memtype.c:520 (memtype_reserve)",
  }),
  hint(facts) {
    const pair = pairOf(facts);
    const who = pair === null ? "All who map the page" : `${pair[0].chosenBy.function} (${pair[0].chosenBy.file}) and ${pair[1].chosenBy.function} (${pair[1].chosenBy.file})`;
    return `${who} have to agree. set_pages_array_wc() and _uc() change the linear map; mappings made before keep their type.`;
  },
};
