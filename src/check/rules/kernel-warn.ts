// SPDX-License-Identifier: MIT
/** `kernel-warn`: the kernel itself says that something is wrong. */

import { causeNumber } from "./cause-number.ts";
import { NO_CAUSE, type Rule, type StepFacts } from "./rule.ts";

function warnings({ result }: StepFacts): readonly string[] {
  const told = result.outcome === "done" || result.outcome === "error";
  return told && result.injected !== true ? (result.warnings ?? []) : [];
}

export const kernelWarn: Rule = {
  id: "kernel-warn",
  severity: "error",
  title: "the kernel warns",
  question: "Does the kernel go through without a WARN?",
  docs: "docs/rules/kernel-warn.md",
  source: "include/asm-generic/bug.h:78-84 (WARN is for bugs of the kernel, not for what users or hardware do)",
  judge(facts) {
    const [first] = warnings(facts);
    return first === undefined ? NO_CAUSE : causeNumber(0, facts.operation.op, first);
  },
  describe: (facts) => `${facts.operation.op}: ${warnings(facts)[0] ?? "a warning"}`,
  why: () => ({
    text: "WARN() stands where the kernel's authors hold that something cannot happen. With panic_on_warn the machine stops there.",
    ref: "Documentation/process/deprecated.rst (BUG and BUG_ON)",
  }),
  hint: () => "The events of the step show what led to the warning.",
};
