// SPDX-License-Identifier: MIT
/** `cbit compare` of two kernels as a mail: what a patch, or a release, fixes and breaks. */

import { type CaseResult, causesOf, type Change, type ComparedCase, errorsOf, type Finding } from "../../check/index.ts";
import type { About } from "../about.ts";
import { placesText } from "../grid.ts";
import type { CompareReport } from "../reports.ts";
import { compareSummary } from "../text-compare.ts";
import { count, wrap } from "../wrap.ts";
import { ascii, commandWithResult, fact, fileParagraphs, kernelFacts, kernelTitle, MAIL, mail, prepareLines, tokenCommand, toolFacts, traceLines, whyLines } from "./parts.ts";

/** What is worth a mail, in this order. What is the same, or cannot be compared, is counted. */
const TOLD: readonly { readonly change: Change; readonly title: string; readonly side: "before" | "after" }[] = [
  { change: "broken", title: "BREAKS", side: "after" },
  { change: "changed", title: "OTHER CAUSE", side: "after" },
  { change: "fixed", title: "FIXES", side: "before" },
];

interface Kind {
  readonly title: string;
  readonly side: "before" | "after";
  readonly cases: readonly ComparedCase[];
}

const outcome = (result: CaseResult): string => [result.verdict, ...causesOf(result)].join("\n");

function kindsOf(cases: readonly ComparedCase[]): Kind[] {
  return TOLD.flatMap(({ change, title, side }) => {
    const groups = new Map<string, ComparedCase[]>();
    for (const c of cases.filter((o) => o.change === change)) {
      const key = `${outcome(c.before)}\n->\n${outcome(c.after)}`;
      groups.set(key, [...(groups.get(key) ?? []), c]);
    }
    return [...groups.values()].map((some) => ({ title, side, cases: some }));
  });
}

/** The finding that stands for the case, of the first rule in the rules' order; null where it is refused. */
function telling(result: CaseResult): Finding | null {
  return errorsOf(result)[0] ?? null;
}

function kindLines({ title, side, cases }: Kind): string[] {
  const [first] = cases as [ComparedCase, ...ComparedCase[]];
  const finding = telling(first[side]);
  const verdicts = `${first.before.verdict} before, ${first.after.verdict} after`;
  return [
    wrap(ascii(placesText(cases).join("; ")), MAIL.width, `${title} ${count(cases.length, "case")} (${verdicts}): `, "  "),
    ...(finding === null
      ? [wrap(ascii(first[side].reason ?? ""), MAIL.width, "  ")]
      : [wrap(ascii(`${finding.rule}: ${finding.title}`), MAIL.width, "  ", "  "), ...(finding.replay.steps.length === 0 ? [] : [wrap(`on ${ascii(first.machine)} with ${ascii(first.device)}, ${side}:`, MAIL.width, "  ", "  ")]), ...traceLines(finding.replay, false), ...whyLines(finding)]),
  ];
}

function subjectOf(report: CompareReport, about: About): string {
  const number = (change: Change): number => report.cases.filter((c) => c.change === change).length;
  const [first, second] = about.kernels.map(kernelTitle);
  const names = first === second ? `${first ?? report.before.kernel}, ${report.after.policy ?? "its own policy"} beside ${report.before.policy ?? "its own policy"}` : `${second ?? report.after.kernel} beside ${first ?? report.before.kernel}`;
  const what = report.patched === null ? names : (report.patched.patches[0]?.subject ?? "patch");
  const [broken, fixed] = [number("broken"), number("fixed")];
  const verdict = broken > 0 ? `breaks ${broken}${fixed > 0 ? `, fixes ${fixed}` : ""} of ${count(report.cases.length, "case")}` : fixed > 0 ? `fixes ${fixed} of ${count(report.cases.length, "case")}` : "no change of any verdict";
  return `${what}: ${verdict}`;
}

/** A comparison as a mail of 72 columns. Ends in a line break. */
export function compareMail(report: CompareReport, about: About): string {
  const { workload, subjects, patched } = report;
  const [before, after] = about.kernels;
  const kinds = kindsOf(report.cases);
  const commands = kinds.flatMap(({ title, side, cases }) => {
    const finding = telling(cases[0]![side]);
    return finding === null ? [] : commandWithResult(tokenCommand(finding, side === "before" ? before : after, ascii(report.explain(finding.id, side))), `${title.toLowerCase()}, ${finding.rule} ${side}: exit 1`);
  });
  const sources = patched === null ? [...(before === undefined ? [] : kernelFacts(before, "before")), ...(after === undefined ? [] : kernelFacts(after, "after"))] : after === undefined ? [] : kernelFacts(after, "base");
  return mail(subjectOf(report, about), [
    [wrap(compareSummary(report), MAIL.width)],
    [
      ...sources,
      ...(patched === null ? [] : [fact("changes", patched.files.join(" ")), fact("", `compiled again: ${patched.copiedFor === null ? patched.compiled.join(" ") || "nothing" : "everything"}`)]),
      fact("workload", workload),
      fact("machines", subjects.machines.map((m) => m.name).join(" ")),
      fact("devices", subjects.devices.map((d) => d.name).join(" ")),
      ...toolFacts(about),
    ],
    ...kinds.map(kindLines),
    ...fileParagraphs(about),
    ["To reproduce:", "", ...prepareLines(about), ...commands, ...commandWithResult(ascii(about.again), `all of it: exit ${about.exit}`)],
  ]);
}
