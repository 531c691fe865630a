// SPDX-License-Identifier: MIT
/** `cbit check` as a mail: the verdict, what was looked at, each story with what it takes to see it again. */

import { type Finding } from "../../check/index.ts";
import type { About } from "../about.ts";
import { placesText } from "../grid.ts";
import type { CheckReport } from "../reports.ts";
import { keyedCells, storiesOf, storyGroups, type StoryGroup } from "../stories.ts";
import { boundText } from "../text-check.ts";
import { matrixText } from "../text-matrix.ts";
import { headline } from "../verdict-line.ts";
import { count, wrap } from "../wrap.ts";
import { ascii, commandWithResult, fact, fileParagraphs, kernelFacts, kernelTitle, MAIL, mail, prepareLines, tokenCommand, toolFacts, traceLines, whyLines } from "./parts.ts";

function groupLines({ key, stories }: StoryGroup): string[] {
  const cases = stories[0]!.map((f) => f.trace);
  return stories.flatMap(([first], i) => [
    ...(i === 0 ? [] : [""]),
    wrap(ascii(`${first!.rule}: ${first!.title}`), MAIL.width, i === 0 ? `${key}. ` : "   ", "   "),
    ...(i === 0 ? [wrap(ascii(placesText(cases).join("; ")), MAIL.width, `   ${count(cases.length, "case")}: `, "     ")] : []),
    ...(first!.replay.steps.length === 0 ? ["   It shows at boot."] : [wrap(ascii(`on ${first!.trace.machine} with ${first!.trace.device}:`), MAIL.width, "   "), ...traceLines(first!.replay, false)]),
    ...whyLines(first!),
  ]);
}

/** A matrix as a mail of 72 columns. Ends in a line break. */
export function checkMail(report: CheckReport, about: About): string {
  const { cases, workload, subjects } = report;
  const { errors, advice } = storiesOf(cases);
  const groups = storyGroups(errors);
  const cells = keyedCells(cases, groups);
  const { word, text } = headline(cases);
  const [source] = about.kernels;
  const reasons = [...new Set(cases.flatMap((c) => (c.reason === null || c.verdict === "broken" ? [] : [`${c.verdict}: ${c.reason}`])))];
  const told: (readonly [string, Finding])[] = groups.flatMap(({ key, stories }) => stories.map(([first]) => [key, first!] as const));
  return mail(`${word}: ${text}, ${source === undefined ? report.kernel : kernelTitle(source)}`, [
    [wrap(`${word}: ${text}. ${boundText(report)}`, MAIL.width)],
    [
      ...(source === undefined ? [] : kernelFacts(source, "base")),
      fact("workload", workload),
      fact("machines", subjects.machines.map((m) => m.name).join(" ")),
      fact("devices", subjects.devices.map((d) => d.name).join(" ")),
      ...toolFacts(about),
    ],
    [ascii(matrixText(cells, MAIL))],
    ...groups.map(groupLines),
    ...reasons.map((reason) => [wrap(ascii(reason), MAIL.width, "", "  ")]),
    ...(advice.length === 0 ? [] : [advice.map(([first, ...more]) => wrap(ascii(`advice: ${first!.rule}: ${first!.title} (${count(more.length + 1, "case")})`), MAIL.width, "", "  "))]),
    ...fileParagraphs(about),
    [
      "To reproduce:",
      "",
      ...prepareLines(about),
      ...told.flatMap(([key, finding]) => commandWithResult(tokenCommand(finding, source, ascii(report.explain(finding.id))), `${key}, ${finding.rule}: exit 1`)),
      ...commandWithResult(ascii(about.again), `all of it: exit ${about.exit}`),
    ],
  ]);
}
