// SPDX-License-Identifier: MIT
/** `cbit explore` as text: the verdict, the bound, what was reached, then the findings. */

import { sometimesText, type Stopped } from "../check/index.ts";
import { checkpointLines } from "./checkpoint-lines.ts";
import { policyPhrase } from "./policy-phrase.ts";
import type { SearchReport } from "./reports.ts";
import type { Style } from "./style.ts";
import { findingParts, reachedLines } from "./text-walk.ts";
import { count, thousands, wrap } from "./wrap.ts";

/** "1,234 states". */
const many = (n: number, one: string): string => `${thousands(n)} ${n === 1 ? one : `${one}s`}`;

function sizeText(bytes: number): string {
  return bytes < 2 ** 20 ? `${Math.ceil(bytes / 2 ** 10)}K` : `${Math.round(bytes / 2 ** 20)}M`;
}

/** What was searched: "every order of 17 operations on 2 buffers of 2 pages, 1 device". */
function worldText({ workload }: SearchReport): string {
  const { actions, buffers, pages } = workload;
  return `every order of ${count(actions.length, "operation")} on ${count(buffers, "buffer")} of ${count(pages, "page")}, 1 device`;
}

/** How far the search went, and what it did not try. */
function boundText(report: SearchReport): string {
  const { case: c } = report;
  if (c.search === null) return "Nothing was searched.";
  const { represents, transitions, depth, frontier, stopped, permutations } = c.search;
  const without = permutations > 1 ? ` (${thousands(represents)} without symmetry)` : "";
  const numbers = `${many(c.states, "state")}${without}, ${many(transitions, "transition")}`;
  if (stopped === null) return `${worldText(report)}: ${numbers}, depth ${depth}, to the fixpoint`;
  return `stopped by ${stopText(report, stopped)} at depth ${depth}, frontier ${thousands(frontier)}: ${numbers} of ${worldText(report)}`;
}

function stopText({ case: c, time }: SearchReport, stopped: Stopped): string {
  switch (stopped) {
    case "states":
      return `--states ${thousands(c.bounds.states)}`;
    case "depth":
      return `--depth ${thousands(c.bounds.depth)}`;
    case "memory":
      return c.bounds.memory === undefined ? "the memory that a search may take" : `--memory ${sizeText(c.bounds.memory)}`;
    case "time":
      return `--time ${time === null ? "" : `${time / 1000}s`}`;
  }
}

/** How the states were kept, where that is not in full and one by one. */
function keptLines({ case: c, compact }: SearchReport, style: Style): string[] {
  if (c.search === null) return [];
  const { omission, partialOrder, permutations, notExchanged } = c.search;
  const reduced = [...(permutations > 1 ? [`symmetry (${count(permutations, "permutation")})`] : []), ...(partialOrder ? ["partial order (sleep sets)"] : [])];
  return [
    ...(reduced.length === 0 ? [] : [wrap(`Reduced by ${reduced.join(" and ")}: verdict and findings are those of the full search.`, style.width)]),
    ...notExchanged.map((text) => wrap(`Not taken for each other, ${text}.`, style.width)),
    ...(compact ? [wrap(`States were told apart by 64 bits of hash: that one was left out has a probability of at most ${omission.toExponential(1)}.`, style.width)] : []),
  ];
}

/** The report, with a last line break. @param shown findings that are told at most */
export function searchText(report: SearchReport, shown: number, style: Style): string {
  const { case: c, kernel, policy, configuration, driver, workload } = report;
  const errors = c.findings.filter((f) => f.severity === "error").length;
  const what = [...(errors > 0 ? [count(errors, "finding")] : []), ...(c.reason === null ? [] : [c.reason]), ...(c.search === null ? [] : [boundText(report)])].join("; ");
  const head = [
    wrap(`${c.verdict}: ${what}`, style.width).replace(c.verdict, style.verdict(c.verdict, c.verdict)),
    `${c.device}@${c.machine}`,
    wrap(`${driver.title}; ${configuration.platform.title}`, style.width),
    wrap(`${kernel}, ${policyPhrase(policy)}, workload ${workload.name}`, style.width),
    ...(report.resumed === null ? [] : [`gone on from ${report.resumed}`]),
  ].join("\n");
  const reached = new Set(c.reached);
  const missed = c.search === null ? [] : workload.sometimes.map(sometimesText).filter((s) => !reached.has(s));
  const parts = [head, [...keptLines(report, style), ...reachedLines(c.reached, missed, style)].join("\n"), ...findingParts(c.findings, shown, style), checkpointLines(report, style).join("\n")];
  return `${parts.filter((p) => p !== "").join("\n\n")}\n`;
}
