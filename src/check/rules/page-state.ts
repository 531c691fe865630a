// SPDX-License-Identifier: MIT
/** `page-state`: the guest's idea of a page and the platform's differ, and somebody runs into it. The host being stopped is what the platform is for. */

import type { Health } from "../../kernel/index.ts";
import { type FaultFacts, faultFacts, pageStateName } from "../../machine/index.ts";
import { agentOf } from "../workload.ts";
import { causeNumber } from "./cause-number.ts";
import { NO_CAUSE, type Reason, type Rule, type StepFacts } from "./rule.ts";
import { NO_ENCRYPTION, reasonFor, type Technology } from "./technology.ts";

const VICTIMS: readonly FaultFacts["victim"][] = ["access", "guest", "device"];
/** A cause beside those of faults: nobody ran into it yet. */
const MISMATCHED = VICTIMS.length;

/** The fault of a step that comes from a page's state and does not hit the host; null for all else. */
export function pageStateFault(facts: StepFacts): FaultFacts | null {
  if (facts.result.outcome !== "fault" || agentOf(facts.operation) === "host") return null;
  const fault = faultFacts(facts.result.fault.fault);
  return fault.pageState && fault.victim !== "host" ? fault : null;
}

const WHY: Readonly<Record<Technology, Reason>> = {
  none: NO_ENCRYPTION,
  sme: { text: "SME keeps no state of pages.", ref: "Documentation/arch/x86/amd-memory-encryption.rst:10-40" },
  sev: { text: "SEV keeps no state of pages.", ref: "Documentation/arch/x86/amd-memory-encryption.rst:16-40" },
  snp: {
    text: "The RMP checks every access: a private one needs a page that is assigned and validated, a shared write one that is the hypervisor's, a device's write too. A set_memory call changes the page's state and the linear map together.",
    ref: "AMD APM vol. 2 sec. 15.36.10, table 15-39, arch/x86/mm/mem_encrypt_amd.c:286-312",
  },
  vtom: {
    text: "Under Hyper-V the visibility of a page to the host is the hypervisor's state; the side of the vTOM boundary that a mapping uses must go with it.",
    ref: "arch/x86/hyperv/ivm.c:543-685, AMD APM vol. 2 sec. 15.36.10, table 15-39",
  },
  tdx: {
    text: "The kernel's mapping must go with what the TDX module has for the page: a private mapping of a shared page shuts the guest down, a shared mapping of a private one ends in #VE, and DMA reaches shared pages only.",
    ref: "arch/x86/coco/tdx/tdx.c:1040-1058, Documentation/arch/x86/tdx.rst:280-330",
  },
  cca: {
    text: "The realm management monitor keeps the state of each IPA and the granule protection table that of each granule: a protected access needs RAM, an unprotected one a page that the host has mapped, and so does a device's.",
    ref: "RMM specification DEN0137 A2.2, A5.2.9",
  },
};

/** The page that is told of those that disagree: the first of one state, whatever the buffers' numbers. */
function mismatch(health: Health | null): Health["mismatched"][number] | undefined {
  return health?.mismatched.reduce((told: Health["mismatched"][number] | undefined, m) => (told === undefined || m.state < told.state ? m : told), undefined);
}

export const pageState: Rule = {
  id: "page-state",
  severity: "error",
  title: "guest and platform disagree on a page",
  question: "Is every page private or shared for guest and platform alike?",
  docs: "docs/rules/page-state.md",
  source: "arch/x86/coco/tdx/tdx.c:1040-1058 (the kernel's mapping should match the state of the page)",
  judge(facts) {
    const fault = pageStateFault(facts);
    const { operation, health, result } = facts;
    if (fault !== null) return causeNumber(VICTIMS.indexOf(fault.victim), operation.op, `${agentOf(operation) ?? ""} ${result.outcome === "fault" ? result.fault.fault : ""}`);
    const first = mismatch(health);
    return first === undefined ? NO_CAUSE : causeNumber(MISMATCHED, operation.op, pageStateName(first.state));
  },
  describe(facts) {
    const fault = pageStateFault(facts);
    if (fault !== null) return `${facts.operation.op} is stopped: ${fault.text}`;
    const m = mismatch(facts.health);
    if (m === undefined) return "guest and platform disagree on a page";
    return `page ${m.page} of buffer ${m.buf} is ${m.linearPrivate ? "private" : "shared"} in the linear map and ${pageStateName(m.state)} for the platform`;
  },
  why(facts) {
    const { text, ref } = reasonFor(WHY, facts);
    const fault = pageStateFault(facts);
    return fault === null ? { text, ref } : { text, ref: `${fault.ref}; ${ref}` };
  },
  hint: () => "Convert a page before it is mapped for somebody else, map it everywhere with the attribute that it has, and convert it back only once nobody has it mapped.",
};
