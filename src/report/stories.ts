// SPDX-License-Identifier: MIT
/** Findings of many cases that tell the same, told once. */

import { type CaseResult, type Finding, formatStep } from "../check/index.ts";

/** Findings with the same rule, the same sentence and the same steps; at least one. */
export type Story = readonly Finding[];

/** The stories of all findings in the order of discovery, errors and advice apart. */
export function storiesOf(cases: readonly CaseResult[]): { readonly errors: readonly Story[]; readonly advice: readonly Story[] } {
  const stories = new Map<string, Finding[]>();
  for (const finding of cases.flatMap((c) => c.findings)) {
    const key = [finding.rule, finding.title, ...finding.trace.operations.map(formatStep)].join("\n");
    const story = stories.get(key);
    if (story === undefined) stories.set(key, [finding]);
    else story.push(finding);
  }
  const all = [...stories.values()];
  const of = (severity: Finding["severity"]): Story[] => all.filter(([first]) => first!.severity === severity);
  return { errors: of("error"), advice: of("advice") };
}
