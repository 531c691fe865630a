// SPDX-License-Identifier: MIT
/** `cbit compare KERNEL KERNEL` as text: the numbers, then each kind of change with the finding behind it. */

import { type CaseResult, causesOf, type Change, CHANGES, type ComparedCase, errorsOf, formatStep } from "../check/index.ts";
import { placesText } from "./grid.ts";
import type { CompareReport, KernelName, PatchedName } from "./reports.ts";
import type { Style } from "./style.ts";
import { commandLines, count, wrap } from "./wrap.ts";

const WORDS: Readonly<Record<Change, string>> = { broken: "broken", changed: "changed cause", fixed: "fixed", unsupported: "unsupported", unknown: "without a verdict", same: "same" };
const PAINT = { broken: "broken", changed: "bounded", fixed: "holds", unsupported: "unsupported", unknown: "unsupported", same: "unsupported" } as const;

/** "model:6.12, policy encrypted". */
export function kernelText({ kernel, policy }: KernelName): string {
  return policy === null ? `${kernel}, its own mapping policy` : `${kernel}, policy ${policy}`;
}

/** What a case came to, as one line: what is grouped by. */
function outcomeText(result: CaseResult): string {
  const causes = causesOf(result);
  return [result.verdict, result.reason ?? "", ...causes].join("\n");
}

function groupsOf(cases: readonly ComparedCase[]): ComparedCase[][] {
  const groups = new Map<string, ComparedCase[]>();
  for (const c of cases) {
    const key = `${outcomeText(c.before)}\n->\n${outcomeText(c.after)}`;
    groups.set(key, [...(groups.get(key) ?? []), c]);
  }
  return [...groups.values()];
}

function sideLines(name: "before" | "after", result: CaseResult, report: CompareReport, style: Style): string[] {
  const head = `   ${name.padEnd(8)}`;
  const indent = " ".repeat(head.length);
  const errors = errorsOf(result);
  if (errors.length === 0) return [wrap(`${result.verdict}${result.reason === null ? "" : `: ${result.reason}`}`, style.width, head, indent)];
  return errors.flatMap((f, i) => [
    wrap(`${f.rule}: ${f.title}`, style.width, i === 0 ? head : indent, indent),
    ...(f.trace.operations.length === 0 ? [] : [wrap(`after ${f.trace.operations.map(formatStep).join(", ")}`, style.width, indent)]),
    wrap(`because: ${f.cause}`, style.width, indent),
    ...commandLines(report.explain(f.id, name), style.width, indent),
  ]);
}

function groupText(group: readonly ComparedCase[], report: CompareReport, style: Style): string {
  const [first] = group as [ComparedCase, ...ComparedCase[]];
  const word = WORDS[first.change];
  const head = wrap(`${word}: ${placesText(group).join("; ")}`, style.width, "", "   ").replace(word, style.verdict(PAINT[first.change], word));
  return [head, ...sideLines("before", first.before, report, style), ...sideLines("after", first.after, report, style)].join("\n");
}

const MAX_NAMES = 6;
const names = (all: readonly string[]): string => (all.length <= MAX_NAMES ? all.join(", ") : `${all.slice(0, MAX_NAMES - 1).join(", ")} and ${all.length - MAX_NAMES + 1} more`);

/** The patches in order, and what had to be compiled for them. */
function patchLines({ patches, files, compiled, copiedFor }: PatchedName, style: Style): string[] {
  const indent = " ".repeat("after   ".length);
  const told = patches.map(({ file, author, subject }, i) => {
    const number = patches.length === 1 ? "" : `${i + 1}. `;
    return wrap(subject === null ? file : `${subject} (${author})`, style.width, `${indent}${number}`, indent + " ".repeat(number.length));
  });
  const why = copiedFor === null ? "" : `, in a copy of the tree, because kbuild itself has to see ${copiedFor}`;
  const what = files.length === 0 ? "changes nothing" : compiled.length === 0 ? `touches nothing that cbit compiles: ${names(files)}` : `changes ${names(files)}; compiled again: ${copiedFor === null ? names(compiled) : "everything"}${why}`;
  return [...told, wrap(what, style.width, indent)];
}

export function compareSummary(report: CompareReport): string {
  const numbers = CHANGES.map((change) => ({ change, n: report.cases.filter((c) => c.change === change).length })).filter(({ n }) => n > 0);
  const same = report.cases.filter((c) => c.change === "same");
  const verdicts = (["holds", "broken", "refused"] as const).map((v) => ({ v, n: same.filter((c) => c.after.verdict === v).length })).filter(({ n }) => n > 0);
  const detail = same.length === 0 ? "" : ` (${verdicts.map(({ v, n }) => `${n} ${v === "holds" && n !== 1 ? "hold" : v}`).join(", ")})`;
  const text = numbers.map(({ change, n }) => `${n} ${WORDS[change]}${change === "same" ? detail : ""}`);
  return `${count(report.cases.length, "case")} of ${report.workload}: ${text.join(", ")}. ${numbers.some(({ change }) => change === "broken") ? "Something that held is broken." : "Nothing that held is broken."}`;
}

/** A comparison as text: what is fixed, what is broken, and why. Ends in a line break. */
export function compareText(report: CompareReport, style: Style): string {
  const parts = [
    (report.patched === null
      ? [style.bold(`before  ${kernelText(report.before)}`), style.bold(`after   ${kernelText(report.after)}`)]
      : [style.bold(`before  ${report.before.kernel}`), style.bold(`after   the same with ${count(report.patched.patches.length, "patch", "patches")}`), ...patchLines(report.patched, style)]
    ).join("\n"),
    wrap(compareSummary(report), style.width),
  ];
  const groups = CHANGES.filter((c) => c !== "same").flatMap((change) => groupsOf(report.cases.filter((c) => c.change === change)));
  parts.push(...groups.slice(0, report.stories).map((group) => groupText(group, report, style)));
  if (groups.length > report.stories) parts.push(`${count(groups.length - report.stories, "more kind", "more kinds")} of change: --all tells them.`);
  return `${parts.join("\n\n")}\n`;
}
