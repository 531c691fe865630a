// SPDX-License-Identifier: MIT
/** `cbit explain` as text: verdict, bound, the steps with what changed in each, why, hint, replay token. */

import { attributePhrase, type Finding, formatToken, type ReplayStep, type Trace, type ViewChange, type Violation, viewPhrase, writtenPhrase } from "../check/index.ts";
import type { View } from "../kernel/index.ts";
import type { Platform } from "../machine/index.ts";
import { policyPhrase } from "./policy-phrase.ts";
import type { ExplainReport, NotFoundReport, ReducedTrace } from "./reports.ts";
import { eventText, operationLine, seenText, tokenHex } from "./steps.ts";
import type { Style } from "./style.ts";
import { timelineLines } from "./text-timeline.ts";
import { count, wrap } from "./wrap.ts";

/** Changes of neighbouring pages that say the same, as one. */
export interface ChangeGroup {
  readonly first: ViewChange;
  last: number;
}

function sameStory(a: View, b: View): boolean {
  return a.buf === b.buf && a.kind === b.kind && a.cBit === b.cBit && a.domain === b.domain && a.cache === b.cache && a.chosenBy.file === b.chosenBy.file;
}

export function groupChanges(changes: readonly ViewChange[]): ChangeGroup[] {
  const groups: ChangeGroup[] = [];
  for (const c of changes) {
    const open = groups.find((g) => g.first.change === c.change && sameStory(g.first.view, c.view) && g.last + 1 === c.view.page);
    if (open === undefined) groups.push({ first: c, last: c.view.page });
    else open.last = c.view.page;
  }
  return groups;
}

function changeLines({ first, last }: ChangeGroup, platform: Platform, style: Style): string[] {
  const { view } = first;
  const pages = last === view.page ? `page ${view.page}` : `pages ${view.page}-${last}`;
  const name = `${viewPhrase(view)}, ${pages}`;
  if (first.change === "gone") return [`     - ${name}: gone`];
  const before = first.before === null ? "" : `, before ${attributePhrase(first.before, platform)}`;
  const cache = view.cache === null ? "" : `, ${view.cache}`;
  const attribute = attributePhrase(view, platform);
  return [
    wrap(`${name}: ${attribute}${cache}${before}`, style.width, `     ${first.change === "new" ? "+" : "~"} `, "         ").replace(attribute, style.bold(attribute)),
    wrap(`at ${view.address} (pfn 0x${view.pfn.toString(16)})`, style.width, "         "),
    wrap(`chosen by ${view.chosenBy.function} (${view.chosenBy.file})`, style.width, "         "),
  ];
}

function readLines(step: ReplayStep, style: Style): string[] {
  if (step.result.outcome !== "done" || step.result.seen === null) return [];
  const lines = [`     got       ${step.result.seen.bytes}`, wrap(seenText(step), style.width, "               ")];
  if (step.expected !== null) lines.push(`     expected  ${tokenHex(step.expected)}`, wrap(writtenPhrase(step.expected), style.width, "               "));
  else lines.push(wrap("anything: nobody has written to the page", style.width, "     expected  "));
  return lines;
}

function stepLines(step: ReplayStep, number: number, platform: Platform, style: Style): string[] {
  return [
    operationLine(step, `  ${number}. `, style),
    ...step.events.map((e) => wrap(eventText(e), style.width, "     . ")),
    ...groupChanges(step.changes).flatMap((g) => changeLines(g, platform, style)),
    ...readLines(step, style),
    ...step.violations.map((v) => style.verdict("broken", wrap(`${v.rule}: ${v.title}`, style.width, "     ! "))),
  ];
}

/** How often the rule saw this root cause, and how many others it saw. */
function causesText(id: string | null, findings: readonly Finding[]): string {
  const finding = findings.find((f) => f.id === id);
  if (finding === undefined) return "";
  const others = findings.filter((f) => f.rule === finding.rule && f !== finding);
  const ways = finding.causes > 1 ? ` The rule sees this cause in ${finding.causes} ways; this is the shortest.` : "";
  return others.length === 0 ? ways : `${ways} It has ${count(others.length, "other root cause")} here: ${others.map((f) => f.id).join(" ")}.`;
}

export function boundLine(report: ExplainReport): string {
  if (report.case === null) return "Replayed from a token; nothing was searched.";
  const { states, complete, bounds, findings } = report.case;
  if (report.replay.steps.length === 0) return "It shows at boot, before the first operation.";
  const more = causesText(report.id, findings);
  return complete
    ? `Every order was tried: ${count(states, "state")}. No shorter order of operations shows this.${more}`
    : `Searched within ${count(bounds.states, "state")} and ${count(bounds.depth, "operation")}, not to the end. No shorter order shows this.${more}`;
}

function told(report: ExplainReport): Violation | null {
  const last = report.replay.steps[report.replay.steps.length - 1];
  const told = last === undefined ? report.replay.boot : last.violations;
  return told.find((v) => v.rule === report.rule) ?? told[0] ?? null;
}

function verdictLine({ replay }: ExplainReport, violation: Violation | null, style: Style): string {
  if (violation !== null) return wrap(`broken: ${violation.title}`, style.width).replace("broken", style.verdict("broken", "broken"));
  const at = replay.steps.findIndex((s) => s.violations.length > 0);
  const before = at < 0 ? "" : `; before it, step ${at + 1} violates ${replay.steps[at]!.violations.map((v) => v.rule).join(", ")}`;
  return wrap(`nothing wrong: no rule objects to the last step of this trace${before}`, style.width).replace("nothing wrong", style.verdict("holds", "nothing wrong"));
}

function headLines(report: ExplainReport, violation: Violation | null, style: Style): string[] {
  const { trace, configuration, driver } = report;
  const policy = policyPhrase(trace.policy);
  const swiotlb = configuration.swiotlb === "default" ? "" : `, swiotlb=${configuration.swiotlb}`;
  return [
    verdictLine(report, violation, style),
    report.id ?? `${trace.device}@${trace.machine}`,
    wrap(`${driver.title}; ${configuration.platform.title}, iommu=${configuration.iommu}${swiotlb}`, style.width),
    wrap(`${trace.kernel}, ${policy}, workload ${trace.workload}`, style.width),
    wrap(boundLine(report), style.width),
  ];
}

const INSTEAD = { same: "with $ too", "other cause": "with $ it has another cause", nothing: "with $ it does not happen", "does not run": "$ is not on offer here" } as const;

/** What is needed, what is not, and the short form where there is one. */
function reducedLines({ needs, irrelevant, simpler, trace: short }: ReducedTrace, trace: Trace, style: Style): string[] {
  const lines: string[] = [];
  const told = needs.map(({ option, instead }) => `${option} (${instead.map((t) => INSTEAD[t.outcome].replace("$", t.instead).replace("with without", "without")).join(", ")})`);
  const spared = irrelevant.length === 0 ? [] : [told.length === 0 ? `none of ${irrelevant.join(", ")}` : `Does not need ${irrelevant.join(", ")}`];
  if (told.length + spared.length > 0) lines.push(wrap(`${[...(told.length === 0 ? [] : [told.join("; ")]), ...spared].join(". ")}.`, style.width, "needs   ", "        "));
  if (simpler !== null) lines.push(`also on ${simpler}`);
  if (formatToken(short) !== formatToken(trace)) lines.push(`short   ${formatToken(short)}`);
  return lines;
}

/** A counterexample as text, step by step. Ends in a line break. */
export function explainText(report: ExplainReport, style: Style): string {
  const { trace, replay } = report;
  const { platform } = report.configuration;
  const violation = told(report);
  const parts = [
    headLines(report, violation, style).join("\n"),
    ...(replay.steps.length === 0 ? [] : [replay.steps.map((s, i) => stepLines(s, i + 1, platform, style).join("\n")).join("\n")]),
  ];
  if (replay.left > 0) parts.push(`${count(replay.left, "further operation")} of the trace did not run.`);
  const timeline = timelineLines(replay, platform, style);
  if (timeline.length > 0) parts.push(timeline.join("\n"));
  const tail: string[] = [];
  if (violation !== null) {
    if (report.cause !== null && report.replay.steps.length > 0) tail.push(wrap(report.cause, style.width, "cause   "));
    tail.push(wrap(violation.why.text, style.width, "why     "), style.dim(wrap(violation.why.ref, style.width, "        ")));
    tail.push(wrap(violation.hint, style.width, "hint    "), `rule    docs/rules/${violation.rule}.md`);
  }
  if (report.reduced !== null) tail.push(...reducedLines(report.reduced, trace, style));
  tail.push(`replay  ${formatToken(trace)}`, ...report.also.map((command) => `also    ${command}`));
  parts.push(tail.join("\n"));
  return `${parts.join("\n\n")}\n`;
}

/** What to say of a finding that is not there. */
export function notFoundText(report: NotFoundReport, style: Style): string {
  const { case: c, id } = report;
  const verdict = c.verdict === "holds" ? style.verdict("holds", "holds") : `is ${style.verdict(c.verdict, c.verdict)}`;
  const what = `the case ${verdict}${c.reason === null ? "" : `: ${c.reason}`}`;
  const searched = c.complete ? "every order tried" : "not searched to the end";
  const bound = c.reason === null ? ` (${searched}, ${count(c.states, "state")})` : "";
  const others = report.others.length === 0 ? [] : ["It has these findings:", ...report.others.map((f) => `  ${f.id}`)];
  return `${[wrap(`not found: ${id}: ${what}${bound}`, style.width, "", "  "), ...others].join("\n")}\n`;
}
