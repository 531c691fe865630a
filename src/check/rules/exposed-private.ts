// SPDX-License-Identifier: MIT
/**
 * `exposed-private`: somebody outside reads, in plain text, what was written to memory that nobody declared shared.
 * SIMPLIFIED (may miss bugs): not looked for with `coherent=no`, where DRAM may still hold the same token from when the page was shared.
 */

import { AGENTS, readerPhrase, writtenPhrase } from "../agents.ts";
import { NOTHING_WRITTEN } from "../oracle.ts";
import { agentOf } from "../workload.ts";
import { seenOf } from "./reading.ts";
import { NO_CAUSE, type Reason, type Rule } from "./rule.ts";
import { NO_ENCRYPTION, reasonFor, type Technology } from "./technology.ts";

const GUEST = "Memory of a guest is the host's to read only where the guest shares it, by set_memory_decrypted() or through the DMA API. This page was neither, so nobody who writes to it expects that.";

const WHY: Readonly<Record<Technology, Reason>> = {
  none: NO_ENCRYPTION,
  sme: {
    text: "With SME all of the kernel's memory is stored encrypted, unless somebody asks for a page without: what is in DRAM in plain text can be read off the bus.",
    ref: "Documentation/arch/x86/amd-memory-encryption.rst:10-40",
  },
  sev: { text: GUEST, ref: "Documentation/arch/x86/amd-memory-encryption.rst:12-21" },
  snp: { text: GUEST, ref: "Documentation/arch/x86/amd-memory-encryption.rst:12-21, AMD APM vol. 2 sec. 15.36" },
  vtom: { text: GUEST, ref: "arch/x86/hyperv/ivm.c:543-685, AMD APM vol. 2 sec. 15.36" },
  tdx: { text: GUEST, ref: "Documentation/arch/x86/tdx.rst:283-312" },
  cca: { text: GUEST, ref: "RMM specification DEN0137 A2.2" },
};

export const exposedPrivate: Rule = {
  id: "exposed-private",
  severity: "error",
  title: "private memory can be read from outside",
  question: "Does private memory stay private?",
  docs: "docs/rules/exposed-private.md",
  source: "Documentation/arch/x86/tdx.rst:283-312 (private memory is what the guest does not share)",
  judge(facts) {
    const seen = seenOf(facts);
    if (facts.secret === NOTHING_WRITTEN || seen === null || facts.configuration.platform.encryption === "none" || facts.configuration.coherent === false) return NO_CAUSE;
    const agent = agentOf(facts.operation);
    return agent !== null && seen.token === facts.secret && seen.storedIn === seen.readIn ? AGENTS.indexOf(agent) : NO_CAUSE;
  },
  describe: (facts) => `${readerPhrase(agentOf(facts.operation) ?? "host")} reads ${writtenPhrase(facts.secret)}, on a page that nobody shared`,
  why: (facts) => reasonFor(WHY, facts),
  hint: () => "Look for who left the page shared: one that was freed without set_memory_encrypted(), or a conversion that took more pages than it was asked for.",
};
