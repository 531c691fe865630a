// SPDX-License-Identifier: MIT
/** What the letters of a matrix stand for, in short: `cbit explain` without a word. */

import type { CaseResult } from "../check/index.ts";
import { placesText } from "./grid.ts";
import { policyPhrase } from "./policy-phrase.ts";
import { storiesOf, storyGroups } from "./stories.ts";
import type { Style } from "./style.ts";
import { commandLines, count, wrap } from "./wrap.ts";

/** A matrix, and the command that tells a letter of it. */
export interface KeysReport {
  readonly kernel: string;
  readonly policy: string | null;
  readonly workload: string;
  readonly cases: readonly CaseResult[];
  command(key: string): string;
}

/** Each letter with its stories, where they are, and the command that tells them; with a last line break. */
export function keysText({ kernel, policy, workload, cases, command }: KeysReport, style: Style): string {
  const groups = storyGroups(storiesOf(cases).errors);
  const head = wrap(`${kernel}, ${policyPhrase(policy)}, workload ${workload}: ${count(cases.length, "case")}, ${groups.length === 0 ? "nothing is broken" : count(groups.length, "kind of broken cells", "kinds of broken cells")}`, style.width);
  const parts = groups.map(({ key, stories, because }) => {
    const label = `${key}. `;
    const indent = " ".repeat(label.length);
    const told = stories.map(([first], i) => wrap(`${first!.rule}: ${first!.title}`, style.width, i === 0 ? label : indent, indent).replace(first!.rule, style.verdict("broken", first!.rule)));
    const where = wrap(placesText(stories[0]!.map(({ trace }) => trace)).join("; "), style.width, `${indent}${count(stories[0]!.length, "case")}: `, `${indent}  `);
    const cause = because === null ? [] : [wrap(`because: ${because}`, style.width, indent)];
    return [...told, ...cause, where, ...commandLines(command(key), style.width, indent)].join("\n").replace(label, style.bold(label));
  });
  return `${[head, ...parts].join("\n\n")}\n`;
}
