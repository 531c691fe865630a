// SPDX-License-Identifier: MIT
/**
 * `alias-attribute`: two live views of one page are in different domains, so that what is written through one is noise
 * through the other. A bounced device view reaches another page and is no alias.
 */

import { domainName, type Platform } from "../../machine/index.ts";
import { CPU_ALIASES, type View } from "../../kernel/index.ts";
import { AGENTS } from "../agents.ts";
import { NO_CAUSE, type Reason, type Rule, type StepFacts } from "./rule.ts";
import { NO_ENCRYPTION, reasonFor, type Technology } from "./technology.ts";

/** What TTM mapped says more than what was there before it. */
function weight(view: View): number {
  return view.kind === "linear" || view.kind === "device" ? 0 : 1;
}

/** The order in which mappings are told: that of the views of one page. */
const TOLD: readonly View["kind"][] = [...CPU_ALIASES, "device"];

/** Two views in the order in which they are told, and the pair's place among all pairs: whatever buffers and pages they are of. */
export function orderedPair(a: View, b: View): { readonly pair: readonly [View, View]; readonly rank: number } {
  const [i, j] = [TOLD.indexOf(a.kind), TOLD.indexOf(b.kind)];
  return { pair: i <= j ? [a, b] : [b, a], rank: Math.min(i, j) * TOLD.length + Math.max(i, j) };
}

/**
 * The pair of views that disagree, one that TTM mapped first where there is such a pair; null where all agree. Of equal pairs the first in the
 * order of mappings, not of buffers, which search may take for each other.
 */
export function disagreeingViews(views: readonly View[]): readonly [View, View] | null {
  let best: readonly [View, View] | null = null;
  let bestWeight = -1;
  let bestRank = 0;
  for (let i = 0; i < views.length; i++) {
    for (let j = i + 1; j < views.length; j++) {
      const a = views[i]!;
      const b = views[j]!;
      if (a.pfn !== b.pfn || a.domain === b.domain) continue;
      const w = weight(a) + weight(b);
      // One view of TTM's against one of the DMA layer's tells the story; two of TTM's come second.
      const score = w === 1 ? 2 : w === 2 ? 1 : 0;
      if (score < bestWeight) continue;
      const { pair, rank } = orderedPair(a, b);
      if (score === bestWeight && rank >= bestRank) continue;
      bestWeight = score;
      bestRank = rank;
      best = weight(pair[0]) >= weight(pair[1]) ? pair : [pair[1], pair[0]];
    }
  }
  return best;
}

/** How reports name a view's mapping. */
export function viewPhrase(view: View): string {
  switch (view.kind) {
    case "linear":
      return "the linear map";
    case "device":
      return "the device";
    case "user":
      return "the user mapping";
    case "coherent":
      return "the DMA API's mapping";
    default:
      return `the ${view.kind}`;
  }
}

/** How reports name a view's attribute: "C=1 (host key)", "S=1 (plain)" where the bit means shared. */
export function attributePhrase(view: Pick<View, "cBit" | "domain">, { bitName }: Pick<Platform, "bitName">): string {
  return `${bitName}=${view.cBit ? 1 : 0} (${domainName(view.domain)})`;
}

function pairOf(facts: StepFacts): readonly [View, View] | null {
  return facts.views === null ? null : disagreeingViews(facts.views);
}

const ONE_PROPERTY = "Whether a page is encrypted is one property of the page: all its mappings and its DMA must agree. set_memory_decrypted() changes the linear map only; every other mapping carries the protection that its maker chose.";
const SET_MEMORY = "arch/x86/mm/pat/set_memory.c:2187 (__set_memory_enc_pgtable)";

const WHY: Readonly<Record<Technology, Reason>> = {
  none: NO_ENCRYPTION,
  sme: {
    text: "With SME the C-bit of each mapping decides alone; the page itself has no state. Two views with different C-bits see different bytes, and nothing faults.",
    ref: "Documentation/arch/x86/amd-memory-encryption.rst:10-40",
  },
  sev: { text: ONE_PROPERTY, ref: `${SET_MEMORY}, Documentation/arch/x86/amd-memory-encryption.rst:16-40` },
  snp: { text: `${ONE_PROPERTY} The RMP has one state for the page: through the wrong mapping reads give noise or a fault, and writes end in #VMEXIT(NPF).`, ref: `${SET_MEMORY}, AMD APM vol. 2 sec. 15.36.10, table 15-39` },
  vtom: { text: `${ONE_PROPERTY} Here the attribute is the side of the vTOM boundary.`, ref: `${SET_MEMORY}, arch/x86/hyperv/ivm.c:543-685, AMD APM vol. 2 sec. 15.36` },
  tdx: { text: `${ONE_PROPERTY} A private mapping of a shared page shuts the guest down; a shared mapping of a private one ends in #VE.`, ref: `${SET_MEMORY}, arch/x86/coco/tdx/tdx.c:1040-1058, Documentation/arch/x86/tdx.rst:280-330` },
  cca: { text: "A realm's page is protected or not; an access through the other address ends in an abort or in an exit to the host. All mappings of a page and its DMA must use the same one.", ref: "RMM specification DEN0137 A5.2.9" },
};

export const aliasAttribute: Rule = {
  id: "alias-attribute",
  severity: "error",
  title: "two views of a page disagree",
  question: "Do all live mappings of a page and its DMA use the same encryption attribute?",
  docs: "docs/rules/alias-attribute.md",
  source: "Linux keeps one attribute for all mappings of a page (arch/x86/mm/pat/set_memory.c:2187); T. Hellström on TTM and the DMA layer, dri-devel, 2023-09-21",
  judge(facts) {
    const pair = pairOf(facts);
    return pair === null ? NO_CAUSE : AGENTS.indexOf(pair[0].kind) * 8 + AGENTS.indexOf(pair[1].kind);
  },
  describe(facts) {
    const pair = pairOf(facts);
    if (pair === null) return "two views of a page disagree";
    const [a, b] = pair;
    const { platform } = facts.configuration;
    return `${viewPhrase(a)} has ${attributePhrase(a, platform)}, ${viewPhrase(b)} ${attributePhrase(b, platform)}, on the same page`;
  },
  why: (facts) => reasonFor(WHY, facts),
  hint(facts) {
    const pair = pairOf(facts);
    const who = pair === null ? "All who map the page" : `${pair[0].chosenBy.function} (${pair[0].chosenBy.file}) and ${pair[1].chosenBy.function} (${pair[1].chosenBy.file})`;
    return `${who} have to agree on the attribute. \`cbit list policies\` has the proposals; --policy NAME tries one on the model.`;
  },
};
