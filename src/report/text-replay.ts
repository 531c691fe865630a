// SPDX-License-Identifier: MIT
/** `cbit explore --replay` as text: after each step every page, with what is new, gone or changed since the step before. */

import { formatToken, type SeenStep } from "../check/index.ts";
import type { Platform } from "../machine/index.ts";
import { type MarkedFact, type MarkedPage, markedPages } from "./page-facts.ts";
import { policyPhrase } from "./policy-phrase.ts";
import type { ReplayReport } from "./reports.ts";
import { operationLine, seenText, tokenHex } from "./steps.ts";
import type { Style } from "./style.ts";
import { count, wrap } from "./wrap.ts";

const MARKS = { new: "+", gone: "-", changed: "~" } as const;
const LABEL = 13;

function factLines(fact: MarkedFact, style: Style): string[] {
  const mark = fact.change === null ? " " : MARKS[fact.change];
  const indent = " ".repeat(7 + LABEL + 1);
  if (fact.change === "gone") return [`     ${mark} ${fact.label.padEnd(LABEL)} gone`];
  const [first, ...more] = fact.lines.map((line, i) => wrap(line, style.width, i === 0 ? `     ${mark} ${fact.label.padEnd(LABEL)} ` : indent, indent));
  const lines = [fact.change === null ? first! : style.bold(first!), ...more];
  return [...lines, ...fact.before.map((line) => style.dim(wrap(`before: ${line}`, style.width, indent)))];
}

function pageLines(page: MarkedPage, style: Style): string[] {
  const name = `     buffer ${page.buf}, page ${page.page}`;
  return page.now === null ? [`${name}: gone`] : [name, ...page.facts.flatMap((f) => factLines(f, style))];
}

function stepLines(step: SeenStep, number: number, before: SeenStep | null, platform: Platform, style: Style): string[] {
  const read = step.result.outcome === "done" && step.result.seen !== null ? [wrap(`got ${step.result.seen.bytes}: ${seenText(step)}`, style.width, "     ")] : [];
  const expected = step.expected === null ? [] : [`     due ${tokenHex(step.expected)}`];
  return [
    operationLine(step, `  ${number}. `, style),
    ...read,
    ...expected,
    ...step.violations.map((v) => style.verdict("broken", wrap(`${v.rule}: ${v.title}`, style.width, "     ! "))),
    ...markedPages(step.pages, before?.pages ?? [], platform).flatMap((p) => pageLines(p, style)),
  ];
}

function verdictText({ replay, rule }: ReplayReport, style: Style): string {
  if (rule === null) return wrap("nothing wrong: no rule objects to the last step of this trace", style.width).replace("nothing wrong", style.verdict("holds", "nothing wrong"));
  const told = (replay.steps[replay.steps.length - 1]?.violations ?? replay.boot).find((v) => v.rule === rule)!;
  return wrap(`broken: ${told.title}`, style.width).replace("broken", style.verdict("broken", "broken"));
}

/** A replay as text: every page after each step. Ends in a line break. */
export function replayText(report: ReplayReport, style: Style): string {
  const { trace, replay, configuration, driver } = report;
  const { platform } = configuration;
  const policy = policyPhrase(trace.policy);
  const head = [
    verdictText(report, style),
    wrap(`${driver.title}; ${platform.title}, iommu=${configuration.iommu}`, style.width),
    wrap(`${trace.kernel}, ${policy}, workload ${trace.workload}`, style.width),
    wrap("After each step: + is new, ~ has changed, - is gone since the step before.", style.width),
  ].join("\n");
  const steps = replay.steps.map((s, i) => stepLines(s, i + 1, replay.steps[i - 1] ?? null, platform, style).join("\n"));
  const left = replay.left > 0 ? [`${count(replay.left, "further operation")} of the trace did not run.`] : [];
  return `${[head, ...steps, ...left, `replay  ${formatToken(trace)}`].join("\n\n")}\n`;
}
