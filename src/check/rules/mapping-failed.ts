// SPDX-License-Identifier: MIT
/** `mapping-failed`: an operation that must work does not: an error, a fault or a crash. */

import { hex } from "../../base/index.ts";
import type { StepResult } from "../../kernel/index.ts";
import { NO_CAUSE, type Rule } from "./rule.ts";

/** What went wrong, in a few words; "done" where nothing did. */
export function resultPhrase(result: StepResult): string {
  switch (result.outcome) {
    case "done":
      return "done";
    case "error":
      return `${result.from} returned -${result.errno}`;
    case "fault":
      return `${result.fault.fault} at ${hex(result.fault.address)}`;
    case "crash":
      return `crash: ${result.reason} (${result.at})`;
  }
}

const OUTCOMES: readonly StepResult["outcome"][] = ["done", "error", "fault", "crash"];

export const mappingFailed: Rule = {
  id: "mapping-failed",
  severity: "error",
  title: "an operation that must work fails",
  question: "Do buffers of any size that the driver may ask for get pages, mappings and DMA addresses?",
  docs: "docs/rules/mapping-failed.md",
  source: "the driver has probed: TTM's operations on system pages may fail for lack of memory only",
  judge(facts) {
    const outcome = OUTCOMES.indexOf(facts.result.outcome);
    return outcome === 0 ? NO_CAUSE : outcome;
  },
  describe: (facts) => `${facts.operation.op} fails: ${resultPhrase(facts.result)}`,
  why: (facts, { platform }) =>
    facts.result.outcome === "fault"
      ? {
          text: `The hardware stopped the access: the address is outside of what the device can emit, of RAM, or of the tables that translate it (${platform.title}).`,
          ref: "Documentation/core-api/dma-api-howto.rst (DMA addressing capabilities)",
        }
      : { text: "The kernel gave up in a function that has all that it needs on this machine.", ref: "Documentation/core-api/dma-api-howto.rst" },
  hint: () => "The events of the last step show which branch was taken.",
};
