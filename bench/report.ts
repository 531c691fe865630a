// SPDX-License-Identifier: MIT
/** The figures as text of 80 columns. */

import { columns, fixed, whole } from "./columns.ts";
import type { BugComparison, ModelComparison, Row } from "./comparison.ts";
import type { LinuxFigures } from "./linux.ts";
import type { Sample } from "./sample.ts";
import { lossesOf, ratiosOf, statesPerSecond, targetsOf } from "./verdicts.ts";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** What each tool says of its version. */
  readonly versions: readonly string[];
}

const mib = (bytes: number): string => whole(bytes / 2 ** 20);
/** Half of what lies between the fastest and the slowest run, in percent of the median. */
const spread = ({ median, min, max }: Sample): string => `${whole((50 * (max - min)) / median)} %`;

const TOOL_WIDTHS = [22, 10, 11, 9, 9, 7, 5, 7];
const TOOL_HEAD = ["", "search s", "states/s", "build s", "total s", "cpu s", "MiB", "spread"];

function toolRow(row: Row): string[] {
  return [row.tool, fixed(row.search.median), whole(statesPerSecond(row)), fixed(row.build.median), fixed(row.total.median), fixed(row.cpu.median), mib(row.rssBytes.median), spread(row.total)];
}

export function modelText(comparison: ModelComparison): string {
  const { model, rows, atOnce, symmetry } = comparison;
  const out = [`${model.name}: ${model.title}`, `${whole(model.states)} states, ${whole(model.transitions)} transitions`, "", ...columns(TOOL_WIDTHS, [TOOL_HEAD, ...(Object.values(rows) as Row[]).map(toolRow)])];
  out.push("", "cbit with a second thread from the first states on (it asks for one where that pays)", ...columns(TOOL_WIDTHS, [toolRow(atOnce)]));
  if (symmetry !== null) {
    out.push("", `By symmetry ${whole(symmetry.states)} states stand for all of them (another search: no ratio to the others)`);
    out.push(...columns(TOOL_WIDTHS, [toolRow({ ...symmetry, tool: "cbit, 1 worker" })]));
  }
  out.push("", "Ratios (above 1: cbit is better)", ...columns([66, 10], ratiosOf(comparison).map(({ what, ratio }) => [`  ${what}`, `${fixed(ratio)}x`])));
  return `${out.join("\n")}\n`;
}

export function bugText({ model, rows }: BugComparison): string {
  const table = rows.map((row) => [row.tool, row.steps === null ? "-" : String(row.steps), whole(row.states), fixed(row.total.median), mib(row.rssBytes.median), String(row.status)]);
  return `${[`${model.name} with a bug: ${model.bug!.what}`, `The shortest way has ${model.bug!.steps} steps.`, "", ...columns([25, 9, 12, 12, 9, 12], [["", "steps", "states", "total s", "MiB", "exit code"], ...table])].join("\n")}\n`;
}

export function linuxText({ workloads, matrix }: LinuxFigures): string {
  const rows = workloads.map((w) => [
    w.workload,
    String(w.cases),
    String(w.searches),
    whole(w.states),
    fixed(w.seconds.median),
    whole(w.states / w.seconds.median),
    whole(w.bytes / w.states),
    mib(w.rssBytes.median),
  ]);
  const commands = matrix.map((m) => [m.what, fixed(m.seconds.median), mib(m.rssBytes.median), spread(m.seconds)]);
  return `${[
    "The Linux model, one thread: boot, search, retelling",
    ...columns([23, 7, 10, 11, 8, 10, 9, 6], [["", "cases", "searches", "states", "s", "states/s", "B/state", "MiB"], ...rows]),
    "",
    "cbit check --report-only, as a whole process",
    ...columns([40, 10, 10, 10], [["", "s", "MiB", "spread"], ...commands]),
  ].join("\n")}\n`;
}

export function targetsText(first: ModelComparison): string {
  const rows = targetsOf(first).map(({ what, measured, target, unit, met }) => {
    const digits = unit === "states/s" || unit === "MiB" ? whole : fixed;
    return [`  ${what}`, `${digits(measured)} ${unit}`, `${digits(target)} ${unit}`, met ? "met" : "missed"];
  });
  return `${[`Targets (${first.model.name})`, ...columns([37, 18, 18, 7], rows)].join("\n")}\n`;
}

export function lossesText(models: readonly ModelComparison[]): string {
  const lost = models.flatMap(lossesOf);
  return `${["Where cbit is behind", ...(lost.length === 0 ? ["  nowhere in these tables"] : lost.map((line) => `  ${line}`))].join("\n")}\n`;
}

export function headText({ cpu, cores, versions }: Machine, runs: number): string {
  return `${[
    `${cpu}, ${cores} cores`,
    versions.join(", "),
    `Median of ${runs} ${runs === 1 ? "run" : "runs"}. search: the search alone; total: from the model's text to`,
    "the verdict, with generating and compiling (build) where the tool does both;",
    "cpu: user and system time of the run on all cores; MiB: peak of the largest",
    "process; spread: half of what lies between the slowest and the fastest total.",
  ].join("\n")}\n`;
}
