// SPDX-License-Identifier: MIT
/** What the figures come to: ratios, targets, and what cbit loses. */

import type { ModelComparison, Row } from "./comparison.ts";

export const statesPerSecond = (row: Row): number => row.states / row.search.median;

export interface Ratio {
  readonly what: string;
  /** Above 1: cbit is better. */
  readonly ratio: number;
}

export function ratiosOf({ rows }: ModelComparison): Ratio[] {
  const { cbit1, cbit2, spinBfs, spinPar, rumur } = rows;
  const speed = (mine: Row, other: Row): Ratio => ({ what: `states/s, ${mine.tool} to ${other.tool}`, ratio: statesPerSecond(mine) / statesPerSecond(other) });
  const whole = (mine: Row, other: Row): Ratio => ({ what: `model to verdict, ${other.tool} to ${mine.tool}`, ratio: other.total.median / mine.total.median });
  const space = (mine: Row, other: Row): Ratio => ({ what: `peak memory, ${other.tool} to ${mine.tool}`, ratio: other.rssBytes.median / mine.rssBytes.median });
  const cpu = (mine: Row, other: Row): Ratio => ({ what: `CPU time of the run, ${other.tool} to ${mine.tool}`, ratio: other.cpu.median / mine.cpu.median });
  return [speed(cbit2, spinPar), speed(cbit1, spinBfs), speed(cbit2, rumur), cpu(cbit1, spinBfs), whole(cbit1, spinBfs), whole(cbit2, rumur), space(cbit1, spinBfs), space(cbit2, rumur)];
}

export interface Target {
  readonly what: string;
  readonly measured: number;
  readonly target: number;
  readonly unit: string;
  readonly met: boolean;
}

/** The targets that the first model was chosen for. Rates, seconds and bytes depend on the machine, ratios hardly. */
export function targetsOf(comparison: ModelComparison): Target[] {
  const { cbit1, cbit2, spinBfs, spinPar } = comparison.rows;
  const most = (what: string, measured: number, target: number, unit: string): Target => ({ what, measured, target, unit, met: measured <= target });
  const least = (what: string, measured: number, target: number, unit: string): Target => ({ what, measured, target, unit, met: measured >= target });
  return [
    least("2 workers", statesPerSecond(cbit2), 350_000, "states/s"),
    least("2 workers to SPIN BFS_PAR", statesPerSecond(cbit2) / statesPerSecond(spinPar), 2, "x"),
    least("1 worker", statesPerSecond(cbit1), 300_000, "states/s"),
    least("1 worker to SPIN BFS", statesPerSecond(cbit1) / statesPerSecond(spinBfs), 2, "x"),
    most("start to verdict, the better of both", Math.min(cbit1.total.median, cbit2.total.median), 2, "s"),
    most("peak memory, 1 worker", cbit1.rssBytes.median / 2 ** 20, 120, "MiB"),
    most("peak memory, 2 workers", cbit2.rssBytes.median / 2 ** 20, 120, "MiB"),
  ];
}

/** Where the better of cbit's rows is behind another tool's row. */
export function lossesOf(comparison: ModelComparison): string[] {
  const { cbit1, cbit2, ...others } = comparison.rows;
  const mine = [cbit1, cbit2];
  const lost: string[] = [];
  const compare = (what: string, cost: (row: Row) => number): void => {
    const best = Math.min(...mine.map(cost));
    for (const other of Object.values(others) as Row[]) {
      if (cost(other) < best) lost.push(`${comparison.model.name}: ${other.tool} has the better ${what}, by ${(best / cost(other)).toFixed(2)}x`);
    }
  };
  compare("states/s", (row) => 1 / statesPerSecond(row));
  compare("CPU time", (row) => row.cpu.median);
  compare("time from model to verdict", (row) => row.total.median);
  compare("peak memory", (row) => row.rssBytes.median);
  const gain = statesPerSecond(comparison.atOnce) / statesPerSecond(cbit1);
  if (gain < 1) lost.push(`${comparison.model.name}: a second thread of cbit's from the first states on makes it slower, by ${(1 / gain).toFixed(2)}x`);
  return lost;
}
