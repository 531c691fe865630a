// SPDX-License-Identifier: MIT
/** `mapping-failed`: an error, a fault or a crash where the API promises that it works. */

import { hex } from "../../base/index.ts";
import type { StepResult } from "../../kernel/index.ts";
import { agentOf } from "../workload.ts";
import { causeNumber } from "./cause-number.ts";
import { pageStateFault } from "./page-state.ts";
import { NO_CAUSE, type Reason, type Rule, type StepFacts, wasInjected } from "./rule.ts";

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
    case "unsupported":
      return `unsupported: ${result.reason}`;
  }
}

const DMA_MASK_REF = "Documentation/core-api/dma-api-howto.rst:188-194 (dma_set_mask)";

function why(facts: StepFacts): Reason {
  switch (facts.result.outcome) {
    case "fault":
      return { text: "The hardware stopped the access: its address is outside of what the device can emit, of RAM, or of the tables that translate it.", ref: DMA_MASK_REF };
    case "crash":
      return { text: "The kernel hit BUG, panic or a trap. Nothing that a driver which has probed may ask for is allowed to end there.", ref: "Documentation/process/deprecated.rst (BUG and BUG_ON)" };
    default:
      return {
        text: "The kernel told the driver at probe time that its device can do DMA here, and nothing is in short supply. Where a machine cannot give buffers, probe has to fail instead.",
        ref: DMA_MASK_REF,
      };
  }
}

/** Who failed, and how: what tells two failures of one operation apart. Addresses do not. */
function whoFailed(result: StepResult): string {
  switch (result.outcome) {
    case "error":
      return `${result.from} ${result.errno}`;
    case "fault":
      return result.fault.fault;
    case "crash":
      return result.at;
    default:
      return "";
  }
}

const OUTCOMES: readonly StepResult["outcome"][] = ["done", "error", "fault", "crash"];

export const mappingFailed: Rule = {
  id: "mapping-failed",
  severity: "error",
  title: "an operation that must work fails",
  question: "Do buffers get pages, mappings and DMA addresses?",
  docs: "docs/rules/mapping-failed.md",
  source: "the driver has probed: TTM's operations on system pages may fail for lack of memory only",
  judge(facts) {
    const outcome = OUTCOMES.indexOf(facts.result.outcome);
    if (outcome === 0 || wasInjected(facts.result)) return NO_CAUSE;
    // A machine that stops rather than go on with a page in a wrong state does right.
    if (facts.result.outcome === "crash" && facts.result.injected === true) return NO_CAUSE;
    // The host may be stopped, and has no right to succeed.
    if (agentOf(facts.operation) === "host" || pageStateFault(facts) !== null) return NO_CAUSE;
    return causeNumber(outcome, facts.operation.op, whoFailed(facts.result));
  },
  describe: (facts) => `${facts.operation.op} fails: ${resultPhrase(facts.result)}`,
  why,
  hint: () => "The events of the last step show which branch was taken.",
};
