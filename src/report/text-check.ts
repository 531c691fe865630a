// SPDX-License-Identifier: MIT
/** `cbit check` as text: the matrix, the bound, then the findings, those with the same story told once. */

import { type CaseResult, type Finding, type Verdict } from "../check/index.ts";
import { checkpointLines } from "./checkpoint-lines.ts";
import { placesText } from "./grid.ts";
import { policyPhrase } from "./policy-phrase.ts";
import type { CheckReport } from "./reports.ts";
import { operationText, seenText, tokenHex } from "./steps.ts";
import type { Style } from "./style.ts";
import { keyedCells, storiesOf, type Story, type StoryGroup, storyGroups } from "./stories.ts";
import { matrixText } from "./text-matrix.ts";
import { commandLines, count, wrap } from "./wrap.ts";

/** What ended searches, with how many of them where there are several: "--states 200000 (3), --time (2)". */
function endsText(cut: readonly CaseResult[]): string {
  const ends = new Map<string, number>();
  for (const { search, bounds } of cut) {
    const stopped = search?.stopped ?? null;
    if (stopped === null) continue;
    const name = stopped === "states" || stopped === "depth" ? `--${stopped} ${bounds[stopped]}` : stopped === "memory" && bounds.memory === undefined ? "the memory that a search may take" : `--${stopped}`;
    ends.set(name, (ends.get(name) ?? 0) + 1);
  }
  return [...ends].map(([name, n]) => (ends.size === 1 ? name : `${name} (${n})`)).join(", ");
}

export function boundText(report: CheckReport): string {
  const verdicts: readonly Verdict[] = ["holds", "broken", "bounded", "refused", "unsupported"];
  const { cases } = report;
  const tally = verdicts.map((v) => ({ v, n: cases.filter((c) => c.verdict === v).length })).filter(({ n }) => n > 0);
  const states = cases.reduce((sum, c) => sum + c.states, 0);
  const searched = cases.filter((c) => c.reason === null);
  const cut = searched.filter((c) => !c.complete);
  const bound =
    searched.length === 0
      ? "Nothing was searched."
      : cut.length === 0
        ? `Every order of ${report.workload}'s operations was tried: ${count(states, "state")}.`
        : `${count(cut.length, "case")} not searched to the end (ended by ${endsText(cut)}); ${count(states, "state")} in all.`;
  const own = searched.filter((c) => c.sameAs === null).length;
  const different = cases.every((c) => c.sameAs === null) ? "" : `, ${count(own, "different one")} searched`;
  return `${count(cases.length, "case")}${different}: ${tally.map(({ v, n }) => `${n} ${v === "holds" && n !== 1 ? "hold" : v}`).join(", ")}. ${bound}`;
}

function stepLines(finding: Finding, width: number): string[] {
  return finding.replay.steps.flatMap((step, i) => {
    const lines = [wrap(operationText(step.operation), width, `   ${i + 1}. `, "        ")];
    const violation = step.violations.find((v) => v.rule === finding.rule);
    if (violation !== undefined && step.result.outcome === "done" && step.result.seen !== null) {
      lines.push(wrap(`${step.result.seen.bytes} (${seenText(step)})`, width, "      got       "));
      if (step.expected !== null) lines.push(`      expected  ${tokenHex(step.expected)}`);
    }
    return lines;
  });
}

/** A story in full, with the command that tells more. @param label "1. ", "a. ", or as many blanks */
export function storyLines(story: Story, label: string, report: Pick<CheckReport, "explain">, style: Style): string[] {
  const [first] = story as [Finding, ...Finding[]];
  const explain = report.explain(first.id);
  return [
    wrap(`${first.rule}: ${first.title}`, style.width, label).replace(first.rule, style.verdict("broken", first.rule)),
    // A command that takes a token does not say what it is about.
    ...(explain.includes(first.id) ? [] : [`   ${first.id}`]),
    ...stepLines(first, style.width),
    ...commandLines(explain, style.width, "   "),
  ];
}

/** The stories of one key, then the cases that they are told of. */
function groupText({ key, stories, because }: StoryGroup, report: Pick<CheckReport, "explain">, style: Style): string {
  const label = `${key}. `;
  const told = stories.map((story, i) => storyLines(story, i === 0 ? label : " ".repeat(label.length), report, style).join("\n"));
  const cases = stories[0]!.map(({ trace }) => trace);
  const where = cases.length === 1 ? [] : [wrap(placesText(cases).join("; "), style.width, `   ${count(cases.length, "case")}: `, "     ")];
  const cause = because === null ? [] : [wrap(`because: ${because}`, style.width, "   ")];
  const last = [...cause, ...where];
  return [...told, ...(last.length === 0 ? [] : [last.join("\n")])].join("\n\n").replace(label, style.bold(label));
}

/** The groups that are told: whole ones, as long as there is room for another story. */
function toldGroups(groups: readonly StoryGroup[], stories: number): readonly StoryGroup[] {
  let told = 0;
  return groups.filter((group) => {
    const room = told < stories;
    told += group.stories.length;
    return room;
  });
}

/** Which stories are left out. */
function leftText(left: readonly StoryGroup[]): string {
  const keys = left.length === 1 ? left[0]!.key : `${left[0]!.key} to ${left[left.length - 1]!.key}`;
  return `${count(left.reduce((sum, g) => sum + g.stories.length, 0), "more story", "more stories")} (${keys}): --all tells them.`;
}

/** Advice is told in short: what, where, and how to see the whole of it. */
export function adviceLines(story: Story, report: Pick<CheckReport, "explain">, style: Style): string[] {
  const [first] = story as [Finding, ...Finding[]];
  const where = placesText(story.map(({ trace }) => trace)).join("; ");
  return [wrap(`${first.rule}: ${first.title}: ${where}`, style.width, "- ").replace(first.rule, style.verdict("bounded", first.rule)), ...commandLines(report.explain(first.id), style.width, "  ")];
}

/** Why cases have no verdict, or one that is not about all of the workload. What was broken at boot is told as a story. */
function reasonLines(cases: readonly CaseResult[], style: Style): string[] {
  const reasons = new Map<string, CaseResult[]>();
  for (const c of cases) {
    if (c.reason === null || (c.verdict === "broken" && c.states === 0)) continue;
    const text = c.verdict === "broken" ? `broken, and not tried to the end: ${c.reason}` : `${c.verdict}: ${c.reason}`;
    reasons.set(text, [...(reasons.get(text) ?? []), c]);
  }
  return [...reasons].map(([reason, some]) => wrap(`${reason} (${placesText(some).join("; ")})`, style.width, "", "  "));
}

/** Which devices ran with the tree's own driver, and why others that could did not. */
function driverLines({ drivers }: CheckReport, style: Style): string[] {
  const own = (drivers ?? []).filter((d) => d.source !== null);
  const left = (drivers ?? []).filter((d) => d.reason !== null);
  return [
    ...(own.length === 0 ? [] : [wrap(`the tree's own drivers for ${own.map((d) => d.device).join(", ")}`, style.width)]),
    ...left.map((d) => wrap(`the profile in place of the tree's driver for ${d.device}: ${d.reason}`, style.width)),
  ];
}

/** A matrix as text: the verdicts, then the stories. Ends in a line break. */
export function checkText(report: CheckReport, style: Style): string {
  const policy = policyPhrase(report.policy);
  const { errors, advice } = storiesOf(report.cases);
  const groups = storyGroups(errors);
  const cells = keyedCells(report.cases, groups);
  const parts: string[] = [[style.bold(`${report.kernel}, ${policy}`), ...driverLines(report, style)].join("\n"), matrixText(cells, style), wrap(boundText(report), style.width)];
  const reasons = reasonLines(report.cases, style);
  if (reasons.length > 0) parts.push(reasons.join("\n"));
  if (errors.length > 0) parts.push(wrap(`${headline(errors, "finding", "findings")}, by the letters of the cells`, style.width));
  const told = toldGroups(groups, report.stories);
  parts.push(...told.map((group) => groupText(group, report, style)));
  if (told.length < groups.length) parts.push(leftText(groups.slice(told.length)));
  if (advice.length > 0) {
    parts.push(wrap(`${headline(advice, "piece of advice", "pieces of advice")}: nothing is broken there`, style.width));
    parts.push(advice.slice(0, report.stories).map((story) => adviceLines(story, report, style).join("\n")).join("\n"));
    if (advice.length > report.stories) parts.push(`${count(advice.length - report.stories, "more")}: --all tells them.`);
  }
  const further = report.further === null ? [] : [`One of them at a time, with a checkpoint:\n${commandLines(report.further, style.width, "  ").join("\n")}`];
  parts.push(...further, ...(report.checkpoint === null ? [] : [checkpointLines(report, style).join("\n")]));
  return `${parts.join("\n\n")}\n`;
}

/** "72 findings, 10 stories". */
function headline(stories: readonly Story[], one: string, many: string): string {
  return `${count(stories.reduce((sum, s) => sum + s.length, 0), one, many)}, ${count(stories.length, "story", "stories")}`;
}
