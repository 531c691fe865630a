// SPDX-License-Identifier: MIT
/** `cbit check` as text: the matrix, the bound, then the findings, those with the same story told once. */

import type { CaseResult, Finding, Verdict } from "../check/index.ts";
import { formatStep } from "../check/index.ts";
import type { CheckReport } from "./reports.ts";
import { operationText, seenText, tokenHex } from "./steps.ts";
import type { Style } from "./style.ts";
import { matrixText } from "./text-matrix.ts";
import { count, wrap } from "./wrap.ts";

/** Findings with the same rule, the same sentence and the same steps. */
function groupFindings(cases: readonly CaseResult[]): Finding[][] {
  const groups = new Map<string, Finding[]>();
  for (const finding of cases.flatMap((c) => c.findings)) {
    const key = [finding.rule, finding.title, ...finding.trace.operations.map(formatStep)].join("\n");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()];
}

function boundText(report: CheckReport): string {
  const verdicts: readonly Verdict[] = ["holds", "broken", "bounded", "refused", "unsupported"];
  const { cases } = report;
  const tally = verdicts.map((v) => ({ v, n: cases.filter((c) => c.verdict === v).length })).filter(({ n }) => n > 0);
  const states = cases.reduce((sum, c) => sum + c.states, 0);
  const searched = cases.filter((c) => c.verdict !== "refused" && c.verdict !== "unsupported");
  const cut = searched.filter((c) => !c.complete);
  const bound =
    searched.length === 0
      ? "Nothing was searched."
      : cut.length === 0
        ? `Every order of ${report.workload}'s operations was tried: ${count(states, "state")}.`
        : `${count(cut.length, "case")} not searched to the end (limits: ${count(cut[0]!.bounds.states, "state")}, ${count(cut[0]!.bounds.depth, "operation")}); ${count(states, "state")} in all.`;
  const twins = cases.filter((c) => c.sameAs !== null).length;
  const different = twins === 0 ? "" : `, ${count(cases.length - twins, "different one")} looked at`;
  return `${count(cases.length, "case")}${different}: ${tally.map(({ v, n }) => `${n} ${v === "holds" && n !== 1 ? "hold" : v}`).join(", ")}. ${bound}`;
}

function stepLines(finding: Finding, width: number): string[] {
  return finding.replay.steps.flatMap((step, i) => {
    const lines = [`   ${i + 1}. ${operationText(step.operation)}`];
    const violation = step.violations.find((v) => v.rule === finding.rule);
    if (violation !== undefined && step.result.outcome === "done" && step.result.seen !== null) {
      lines.push(wrap(`${step.result.seen.bytes} (${seenText(step)})`, width, "      got       "));
      if (step.expected !== null) lines.push(`      expected  ${tokenHex(step.expected)}`);
    }
    return lines;
  });
}

function groupLines(group: readonly Finding[], number: number, report: CheckReport, style: Style): string[] {
  const [first, ...others] = group as [Finding, ...Finding[]];
  const lines = [
    wrap(`${first.rule}: ${first.title}`, style.width, `${number}. `).replace(first.rule, style.verdict("broken", first.rule)),
    `   ${first.id}`,
    ...stepLines(first, style.width),
    `   ${report.explain(first.id)}`,
  ];
  if (others.length > 0) {
    lines.push(wrap(others.map((f) => f.id.slice(0, f.id.lastIndexOf("/"))).join(" "), style.width, "   the same for ", "     "));
  }
  return lines;
}

function reasonLines(cases: readonly CaseResult[], style: Style): string[] {
  const reasons = new Map<string, CaseResult[]>();
  for (const c of cases) if (c.reason !== null) reasons.set(`${c.verdict}: ${c.reason}`, [...(reasons.get(`${c.verdict}: ${c.reason}`) ?? []), c]);
  return [...reasons].map(([reason, some]) => wrap(`${reason} (${some.map((c) => `${c.device}@${c.machine}`).join(", ")})`, style.width, "", "  "));
}

/** The report, with a last line break. */
export function checkText(report: CheckReport, style: Style): string {
  const policy = report.policy === null ? "the tree's own mapping policy" : `policy ${report.policy}`;
  const groups = groupFindings(report.cases);
  const parts: string[] = [style.bold(`${report.kernel}, ${policy}`), matrixText(report.cases, style), wrap(boundText(report), style.width)];
  const reasons = reasonLines(report.cases, style);
  if (reasons.length > 0) parts.push(reasons.join("\n"));
  if (groups.length > 0) {
    const findings = groups.reduce((sum, g) => sum + g.length, 0);
    parts.push(style.bold(`${count(findings, "finding")}, ${count(groups.length, "story", "stories")}`));
  }
  for (const [i, group] of groups.entries()) parts.push(groupLines(group, i + 1, report, style).join("\n"));
  return `${parts.join("\n\n")}\n`;
}
