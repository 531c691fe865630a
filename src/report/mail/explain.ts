// SPDX-License-Identifier: MIT
/** `cbit explain` as a mail: one counterexample with all that happened, and what else is wrong there. */

import { formatToken } from "../../check/index.ts";
import type { About } from "../about.ts";
import { explainedFinding } from "../explained.ts";
import type { ExplainReport, NotFoundReport } from "../reports.ts";
import { boundLine } from "../text-explain.ts";
import { count, wrap } from "../wrap.ts";
import { ascii, commandWithResult, fact, fileParagraphs, kernelFacts, kernelTitle, MAIL, mail, pageLines, prepareLines, tokenCommand, toolFacts, traceLines, whyLines } from "./parts.ts";

const INSTEAD = { same: "the same", "other cause": "another cause", nothing: "does not happen", "does not run": "not on offer" } as const;

/** Options that it needs and does not need, and where else it shows. */
function needsLines({ reduced }: ExplainReport): string[] {
  if (reduced === null) return [];
  const { needs, irrelevant, simpler } = reduced;
  const told = needs.map(({ option, instead }) => `${option} (${instead.map((t) => `${t.instead}: ${INSTEAD[t.outcome]}`).join(", ")})`);
  return [
    ...(told.length === 0 ? [] : [wrap(ascii(told.join("; ")), MAIL.width, "  needs   ")]),
    ...(irrelevant.length === 0 ? [] : [wrap(ascii(`without regard to ${irrelevant.join(", ")}`), MAIL.width, "          ")]),
    ...(simpler === null ? [] : [wrap(ascii(simpler), MAIL.width, "  also on ")]),
  ];
}

/** A counterexample as a mail of 72 columns. Ends in a line break. */
export function explainMail(report: ExplainReport, about: About): string {
  const { trace, replay, configuration, driver, reduced, also } = report;
  const finding = explainedFinding(report);
  const [source] = about.kernels;
  const where = `${trace.device} on ${trace.machine}`;
  const name = source === undefined ? trace.kernel : kernelTitle(source);
  const others = (report.case?.findings ?? []).filter((f) => f.id !== report.id);
  const short = reduced === null || formatToken(reduced.trace) === formatToken(trace) ? null : reduced.trace;
  const result = finding === null ? "no rule objects: exit 0" : `${finding.rule}: exit 1`;
  return mail(finding === null ? `nothing wrong: ${where}, ${name}` : `${finding.rule}: ${where}, ${name}`, [
    [wrap(ascii(finding === null ? `nothing wrong: no rule objects to the last step of this trace on ${where}` : `broken: ${finding.title}`), MAIL.width), wrap(boundLine(report), MAIL.width)],
    [
      ...(source === undefined ? [] : kernelFacts(source, "base")),
      fact("machine", `${trace.machine}: ${configuration.platform.title}, iommu=${configuration.iommu}${configuration.swiotlb === "default" ? "" : `, swiotlb=${configuration.swiotlb}`}`),
      fact("device", `${trace.device}: ${driver.title}`),
      fact("workload", trace.workload),
      ...toolFacts(about),
    ],
    traceLines(replay, true),
    pageLines(replay, configuration.platform),
    ...(finding === null ? [] : [[...whyLines(finding), ...needsLines(report)]]),
    ...(others.length === 0 ? [] : [["Also wrong in this case:", ...others.map((f) => wrap(ascii(`${f.rule}: ${f.title}`), MAIL.width, "  - ", "    "))]]),
    ...(also.length === 0 ? [] : [[`${count(also.length, "more finding")} in the same cells:`, ...also.map((command) => `  ${ascii(command)}`)]]),
    ...fileParagraphs(about),
    [
      "To reproduce:",
      "",
      ...prepareLines(about),
      ...commandWithResult(tokenCommand({ trace }, source, ascii(report.command)), result),
      ...(short === null ? [] : commandWithResult(tokenCommand({ trace: short }, source, ascii(report.command)), `the shortest form of it, ${result}`)),
    ],
  ]);
}

/** For a finding that the case does not have. */
export function notFoundMail({ id, case: c, others }: NotFoundReport, about: About): string {
  const [source] = about.kernels;
  const reason = c.reason ?? (c.complete ? `every order was tried: ${count(c.states, "state")}` : `not searched to the end: ${count(c.states, "state")}`);
  return mail(`not found: ${id}${source === undefined ? "" : `, ${kernelTitle(source)}`}`, [
    [wrap(ascii(`not found: ${id}. The case ${c.verdict === "holds" ? "holds" : `is ${c.verdict}`}: ${reason}.`), MAIL.width)],
    [...(source === undefined ? [] : kernelFacts(source, "base")), ...toolFacts(about)],
    ...(others.length === 0 ? [] : [["It has these findings:", ...others.map((f) => `  ${f.id}`)]]),
    ...fileParagraphs(about),
    ["To reproduce:", "", ...prepareLines(about), ...commandWithResult(ascii(about.again), `exit ${about.exit}`)],
  ]);
}
