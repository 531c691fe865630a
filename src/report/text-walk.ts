// SPDX-License-Identifier: MIT
/** `cbit explore --random` as text. */

import { type Finding, explainWords } from "../check/index.ts";
import { policyPhrase } from "./policy-phrase.ts";
import type { WalkReport } from "./reports.ts";
import type { Style } from "./style.ts";
import { adviceLines, storyLines } from "./text-check.ts";
import { count, thousands, wrap } from "./wrap.ts";

/** How to see more of a finding without a search. */
const explain = (finding: Finding): string => ["cbit explain", ...explainWords(finding.trace)].join(" ");

/** The findings of one case, errors in full, advice in short; a blank line between any two. @param shown errors that are told at most */
export function findingParts(findings: readonly Finding[], shown: number, style: Style): string[] {
  const errors = findings.filter((f) => f.severity === "error");
  const advice = findings.filter((f) => f.severity === "advice");
  const parts = errors.slice(0, shown).map((f, i) => storyLines([f], `${i + 1}. `, { explain: () => explain(f) }, style).join("\n"));
  if (errors.length > shown) parts.push(`${count(errors.length - shown, "more finding")}: --all tells them.`);
  if (advice.length > 0) parts.push(["Advice; nothing is broken there:", ...advice.flatMap((f) => adviceLines([f], { explain: () => explain(f) }, style))].join("\n"));
  return parts;
}

/** Properties that are listed; of more their number is told, and --json has them all. */
const MOST_LISTED = 24;

/** Which properties of the workload were reached, and which were not. */
export function reachedLines(reached: readonly string[], missed: readonly string[], style: Style): string[] {
  const total = reached.length + missed.length;
  const number = (n: number): string => (n === total ? `all ${n}` : `${n} of the ${total}`);
  const told = (some: readonly string[]): string => (some.length > MOST_LISTED ? `${number(some.length)} things that the workload is about` : some.join("; "));
  return [
    ...(reached.length === 0 ? [] : [wrap(told(reached), style.width, "reached      ")]),
    ...(missed.length === 0 ? [] : [wrap(told(missed), style.width, "not reached  ")]),
  ];
}

function verdictText({ case: c }: WalkReport): readonly [string, string] {
  const { walks, depth, seed } = c.plan;
  const all = `${count(walks, "walk")} of ${count(depth, "operation")}, seed ${seed}`;
  if (c.walked === null) return [c.verdict, c.reason!];
  const ran = c.walked.stopped ? `${count(c.walked.walks, "walk")} of ${count(depth, "operation")}, seed ${seed}, until the time was up` : all;
  const errors = c.findings.filter((f) => f.severity === "error").length;
  if (errors > 0) return ["broken", `${count(errors, "finding")} in ${ran}`];
  return [c.verdict, `${c.reason === null ? "" : `${c.reason}; `}no violation in ${ran}`];
}

/** The report, with a last line break. @param shown findings that are told at most */
export function walkText(report: WalkReport, shown: number, style: Style): string {
  const { case: c, kernel, policy, configuration, driver } = report;
  const [verdict, what] = verdictText(report);
  const paint = c.verdict === "no verdict" ? "bounded" : c.verdict;
  const head = [
    wrap(`${verdict}: ${what}`, style.width).replace(verdict, style.verdict(paint, verdict)),
    `${c.device}@${c.machine}`,
    wrap(`${driver.title}; ${configuration.platform.title}`, style.width),
    wrap(`${kernel}, ${policyPhrase(policy)}, workload ${c.workload}`, style.width),
  ];
  const { walked } = c;
  const bound =
    walked === null
      ? []
      : [
          wrap(
            `${thousands(walked.steps)} operations led to ${thousands(walked.states)} different states (told apart by 64 bits of hash), the farthest ${walked.depth} operations from boot. Walks prove nothing of what they did not meet.`,
            style.width,
          ),
        ];
  return `${[head.join("\n"), [...bound, ...reachedLines(c.reached, c.missed, style)].join("\n"), ...findingParts(c.findings, shown, style)].filter((p) => p !== "").join("\n\n")}\n`;
}
