// SPDX-License-Identifier: MIT
/** `ciphertext-read`: a reader gets bytes that nobody wrote, because it reads in another domain than the writer stored in. */

import type { Configuration, Seen } from "../../kernel/index.ts";
import { AGENTS, readerPhrase, writtenPhrase } from "../agents.ts";
import { NOTHING_WRITTEN } from "../oracle.ts";
import { agentOf } from "../workload.ts";
import { NO_CAUSE, type Reason, type Rule, type StepFacts } from "./rule.ts";

const ZEROS = "00000000000000000000000000000000";

/** True where the bytes cannot be what anybody wrote. */
export function isGarbage(seen: Seen): boolean {
  return seen.storedIn !== seen.readIn || (seen.token === null && seen.bytes !== ZEROS);
}

/** Reader and writer as one number. */
export function readCause(facts: StepFacts): number {
  const reader = agentOf(facts.operation);
  return (reader === null ? 0 : AGENTS.indexOf(reader)) * 8 + (facts.expected % 8);
}

function why(_facts: StepFacts, { platform }: Configuration): Reason {
  if (platform.encryption === "sev") {
    return {
      text: "A SEV guest's C-bit picks the VM's key for CPU accesses only. A device has no key: it reads and writes the raw bytes in DRAM, and an access with the other attribute neither faults nor converts.",
      ref: "Documentation/arch/x86/amd-memory-encryption.rst:16-40",
    };
  }
  return {
    text: `The memory controller runs the SME key over an access exactly where its address has the C-bit (bit ${platform.cBit}). Data stored with it and read without it, or the other way round, comes out as noise, without a fault.`,
    ref: "Documentation/arch/x86/amd-memory-encryption.rst:10-40",
  };
}

export const ciphertextRead: Rule = {
  id: "ciphertext-read",
  severity: "error",
  title: "somebody reads ciphertext",
  question: "Does every reader get bytes that somebody wrote?",
  docs: "docs/rules/ciphertext-read.md",
  source: "Documentation/arch/x86/amd-memory-encryption.rst:10-40",
  judge(facts) {
    if (facts.expected === NOTHING_WRITTEN || facts.result.outcome !== "done" || facts.result.seen === null) return NO_CAUSE;
    return isGarbage(facts.result.seen) ? readCause(facts) : NO_CAUSE;
  },
  describe: (facts) => `${readerPhrase(agentOf(facts.operation) ?? "device")} gets ciphertext instead of ${writtenPhrase(facts.expected)}`,
  why,
  hint: () =>
    "Map the page for the CPU with the attribute that the DMA layer gave it. `cbit list policies` has the proposals; --policy NAME tries one on the model.",
};
