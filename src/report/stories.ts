// SPDX-License-Identifier: MIT
/** Findings of many cases that tell the same, told once. */

import { type CaseResult, type Finding, formatStep } from "../check/index.ts";

/** Findings with the same rule and root cause, the same sentence and the same steps; at least one. */
export type Story = readonly Finding[];

/** A word of a sentence, without what differs from case to case: "sev," as "(machine),". */
function nameless(word: string, machine: string, device: string): string {
  const bare = word.replace(/[,:;.]$/, "");
  return bare === machine ? word.replace(machine, "(machine)") : bare === device ? word.replace(device, "(device)") : word;
}

/** The stories of all findings in the order of discovery, errors and advice apart. */
export function storiesOf(cases: readonly CaseResult[]): { readonly errors: readonly Story[]; readonly advice: readonly Story[] } {
  const stories = new Map<string, Finding[]>();
  for (const finding of cases.flatMap((c) => c.findings)) {
    const { machine, device, operations } = finding.trace;
    // A sentence that names its own case says the same of another one.
    const title = finding.title.split(" ").map((word) => (nameless(word, machine, device))).join(" ");
    const key = [finding.rule, finding.cause, title, ...operations.map(formatStep)].join("\n");
    const story = stories.get(key);
    if (story === undefined) stories.set(key, [finding]);
    else story.push(finding);
  }
  const all = [...stories.values()];
  const of = (severity: Finding["severity"]): Story[] => all.filter(([first]) => first!.severity === severity);
  return { errors: of("error"), advice: of("advice") };
}
