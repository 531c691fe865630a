// SPDX-License-Identifier: MIT
/** The figures of a kernel tree as text, with the targets that they are held against. */

import type { MicroRow } from "./micro.ts";
import { columns, fixed } from "./columns.ts";
import type { TreeFigures, TreeRow } from "./tree.ts";

export interface TreeTarget {
  readonly what: string;
  readonly measured: number;
  readonly target: number;
  readonly unit: "s" | "x" | "ms";
  readonly met: boolean;
}

const ratio = ({ cbit, uml }: TreeRow): number => uml.median / cbit.median;

function slower(micro: readonly MicroRow[], than: MicroRow["way"]): number {
  const of = (way: MicroRow["way"]): number => micro.find((row) => row.way === way)!.seconds.median;
  return of("cbit") / of(than);
}

export function treeTargets({ cold, edit, alone, perPlatform, micro, reset }: TreeFigures): TreeTarget[] {
  const most = (what: string, measured: number, target: number, unit: TreeTarget["unit"]): TreeTarget => ({ what, measured, target, unit, met: measured <= target });
  const least = (what: string, measured: number, target: number): TreeTarget => ({ what, measured, target, unit: "x", met: measured >= target });
  return [
    most(cold.what, cold.cbit.median, 80, "s"),
    least("  kunit.py to cbit", ratio(cold), 3.5),
    most(edit.what, edit.cbit.median, 3, "s"),
    least("  kunit.py to cbit", ratio(edit), 5),
    most(alone.what, alone.cbit.median, 0.6, "s"),
    most("each further platform", perPlatform.median, 0.15, "s"),
    most("micro-benchmark, cbit to native", slower(micro, "native"), 1.6, "x"),
    most("reset of a machine", reset.median * 1000, 1, "ms"),
  ];
}

export function treeText(figures: TreeFigures): string {
  const { tests, cold, edit, alone, perPlatform, platforms, micro, reset } = figures;
  const rows = [cold, edit, alone].map((row) => [row.what, fixed(row.cbit.median), fixed(row.uml.median), `${fixed(ratio(row))}x`]);
  const ways = micro.map((row) => [row.title, fixed(row.seconds.median * 1000), `${fixed(row.seconds.median / micro[0]!.seconds.median)}x`]);
  const targets = treeTargets(figures).map(({ what, measured, target, unit, met }) => [what, `${fixed(measured)} ${unit}`, `${fixed(target)} ${unit}`, met ? "met" : "missed"]);
  return `${[
    "A kernel tree: TTM's KUnit suites, cbit on a simulated machine beside kunit.py with UML",
    `cbit: ${tests.cbit}; kunit.py: ${tests.uml}`,
    "",
    ...columns([36, 10, 14, 10], [["seconds of the whole process", "cbit", "kunit.py, UML", "ratio"], ...rows]),
    ...columns([36, 10], [[`each of ${platforms - 1} further platforms`, fixed(perPlatform.median)], ["reset of a machine, ms", fixed(reset.median * 1000)]]),
    "",
    ...columns([36, 10, 14], [["micro-benchmark", "ms", "to native"], ...ways]),
    "",
    "Targets (a kernel tree)",
    ...columns([36, 12, 12, 9], targets),
  ].join("\n")}\n`;
}

/** What does not agree, in words; empty where everything does. */
export function treeDisagreements({ tests, micro }: TreeFigures): string[] {
  const wrong = tests.cbit === tests.uml ? [] : [`TTM's suites: cbit has ${tests.cbit}, kunit.py ${tests.uml}`];
  for (const row of micro) if (row.sum !== micro[0]!.sum) wrong.push(`micro-benchmark: ${row.title} computes ${row.sum}, not ${micro[0]!.sum}`);
  return wrong;
}
