// SPDX-License-Identifier: MIT
/** `ciphertext-read`: a reader gets bytes that nobody wrote, because it reads in another domain than the writer stored in. */

import { readerPhrase, writtenPhrase } from "../agents.ts";
import { NOTHING_WRITTEN } from "../oracle.ts";
import { agentOf } from "../workload.ts";
import { isGarbage, readCause, seenOf } from "./reading.ts";
import { NO_CAUSE, type Reason, type Rule } from "./rule.ts";
import { NO_ENCRYPTION, reasonFor, type Technology } from "./technology.ts";

const WHY: Readonly<Record<Technology, Reason>> = {
  none: NO_ENCRYPTION,
  sme: {
    text: "The memory controller runs the SME key over an access exactly where its address has the C-bit. Data stored with it and read without it, or the other way round, comes out as noise, without a fault.",
    ref: "Documentation/arch/x86/amd-memory-encryption.rst:10-40",
  },
  sev: {
    text: "A SEV guest's C-bit picks the VM's key for CPU accesses only. A device has no key: it reads and writes the raw bytes in DRAM, and an access with the other attribute neither faults nor converts.",
    ref: "Documentation/arch/x86/amd-memory-encryption.rst:16-40",
  },
  snp: {
    text: "The RMP stops wrong writes, not wrong reads: a read without the C-bit, a device's or the host's, gives the raw bytes of a private page, and what a page held does not survive its conversion.",
    ref: "AMD APM vol. 2 sec. 15.36.10, table 15-39, arch/x86/mm/mem_encrypt_amd.c:286-312",
  },
  vtom: {
    text: "Below the vTOM boundary a page is private and has the VM's key, above it (S=1) it is plain. The same page through the other side of the boundary gives raw bytes, and what it held does not survive a conversion.",
    ref: "arch/x86/hyperv/ivm.c:543-685, AMD APM vol. 2 sec. 15.36.10, table 15-39",
  },
  tdx: {
    text: "Private memory of a TD has a key that neither the host nor a device can use. A page that is converted to shared is another page of the host's: what was in it is lost; accepting one clears it.",
    ref: "arch/x86/coco/tdx/tdx.c:824-919, Documentation/arch/x86/tdx.rst:283-312",
  },
  cca: {
    text: "A realm's protected and unprotected addresses lead to different granules: what was written through one is not there through the other, and delegating or undelegating a granule wipes it.",
    ref: "RMM specification DEN0137 A2.2.4, A5.2.9",
  },
};

export const ciphertextRead: Rule = {
  id: "ciphertext-read",
  severity: "error",
  title: "somebody reads ciphertext",
  question: "Does every reader get bytes that somebody wrote?",
  docs: "docs/rules/ciphertext-read.md",
  source: "Documentation/arch/x86/amd-memory-encryption.rst:10-40",
  judge(facts) {
    const seen = seenOf(facts);
    if (facts.expected === NOTHING_WRITTEN || seen === null) return NO_CAUSE;
    return isGarbage(seen) ? readCause(facts) : NO_CAUSE;
  },
  describe: (facts) => `${readerPhrase(agentOf(facts.operation) ?? "device")} gets ciphertext instead of ${writtenPhrase(facts.expected)}`,
  why: (facts) => reasonFor(WHY, facts),
  hint: () =>
    "Map the page for the CPU with the attribute that the DMA layer gave it. `cbit list policies` has the proposals; --policy NAME tries one on the model.",
};
