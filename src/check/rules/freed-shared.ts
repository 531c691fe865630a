// SPDX-License-Identifier: MIT
/** `freed-shared`: what the page allocator gets back has to be private: a shared page, or one of unknown state, is somebody else's next. Leaking it is right. */

import { hex } from "../../base/index.ts";
import { pageStateName } from "../../machine/index.ts";
import { causeNumber } from "./cause-number.ts";
import { NO_CAUSE, type Reason, type Rule } from "./rule.ts";
import { NO_ENCRYPTION, reasonFor, type Technology } from "./technology.ts";

const NEXT = "The next owner of the page knows nothing of it: what it writes there lies open to the host.";
const LEAK = "kernel/dma/direct.c:290-313 (dma_direct_alloc leaks what it cannot convert)";

const WHY: Readonly<Record<Technology, Reason>> = {
  none: NO_ENCRYPTION,
  sme: { text: `${NEXT} With SME that means in plain text in DRAM, and mappings with the C-bit disagree with the linear map.`, ref: `${LEAK}, Documentation/arch/x86/amd-memory-encryption.rst:10-40` },
  sev: { text: NEXT, ref: `${LEAK}, Documentation/arch/x86/amd-memory-encryption.rst:16-40` },
  snp: { text: `${NEXT} Or it maps the page private, and the RMP stops it.`, ref: `${LEAK}, AMD APM vol. 2 sec. 15.36.10, table 15-39` },
  vtom: { text: `${NEXT} Or it maps the page private, and the RMP stops it.`, ref: `${LEAK}, arch/x86/hyperv/ivm.c:543-685, AMD APM vol. 2 sec. 15.36` },
  tdx: { text: `${NEXT} Or it maps the page private, which shuts the guest down.`, ref: `${LEAK}, drivers/virt/coco/tdx-guest/tdx-guest.c:111, Documentation/arch/x86/tdx.rst:280-312` },
  cca: { text: `${NEXT} Or it uses the protected address, and the access ends in an abort.`, ref: "RMM specification DEN0137 A5.2.9" },
};

export const freedShared: Rule = {
  id: "freed-shared",
  severity: "error",
  title: "a page is freed while it is shared",
  question: "Is every page private again when it is freed?",
  docs: "docs/rules/freed-shared.md",
  source: "kernel/dma/direct.c:290-313 (pages that cannot be made private again are leaked, not freed)",
  judge({ health, operation }) {
    const first = health?.freedShared[0];
    return first === undefined ? NO_CAUSE : causeNumber(first.state, operation.op, first.decrypted ? "decrypted" : "");
  },
  describe({ health }) {
    const [first, ...others] = health?.freedShared ?? [];
    if (first === undefined) return "a page is freed while it is shared";
    const more = others.length === 0 ? "" : `, and ${others.length} more`;
    return `pfn ${hex(first.pfn)} is free, ${first.decrypted ? "decrypted" : "private"} in the linear map and ${pageStateName(first.state)} for the platform${more}`;
  },
  why: (facts) => reasonFor(WHY, facts),
  hint: () => "Look at what set_memory_encrypted() returned before the page was freed; where it failed, leak the page.",
};
