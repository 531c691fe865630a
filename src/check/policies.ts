// SPDX-License-Identifier: MIT
/** The same matrix under several mapping policies: what each does, and where they differ. */

import type { CaseResult, Verdict } from "./case.ts";
import { compareCases, errorsOf } from "./comparison.ts";
import type { Finding } from "./findings.ts";

/**
 * What a policy makes of a case. `lost`: what works under another policy is refused, unsupported, or fails (mapping-failed).
 * Otherwise the verdict.
 */
export type Outcome = Verdict | "lost";

export interface PolicyRun {
  readonly policy: string;
  readonly cases: readonly CaseResult[];
}

export interface PolicyTally {
  readonly policy: string;
  readonly holds: number;
  readonly broken: number;
  readonly lost: number;
  /** Cases without a verdict, whatever the policy. */
  readonly none: number;
  /** Cases that decrypt without need: those with advice. */
  readonly needless: number;
  /** Cases that hold here and not under the reference, and the other way round. */
  readonly fixed: number;
  readonly regressed: number;
}

/** A case with what each policy makes of it, in the order of the runs. */
export interface PolicyCell {
  readonly device: string;
  readonly machine: string;
  readonly outcomes: readonly Outcome[];
  readonly results: readonly CaseResult[];
}

/** True where the kernel does what is asked of it, right or wrong. */
function works(result: CaseResult): boolean {
  return result.verdict !== "refused" && result.verdict !== "unsupported" && !result.findings.some((f) => f.rule === "mapping-failed");
}

/** The cases of all runs side by side. */
export function policyCells(runs: readonly PolicyRun[]): PolicyCell[] {
  const [first] = runs;
  return (first?.cases ?? []).map(({ device, machine }, index) => {
    const results = runs.map((run) => run.cases[index]!);
    const possible = results.some(works);
    return { device, machine, results, outcomes: results.map((r): Outcome => (possible && !works(r) ? "lost" : r.verdict)) };
  });
}

/** The cells in which not all policies come to the same, by what they come to. */
export function distinguishing(cells: readonly PolicyCell[]): PolicyCell[][] {
  const groups = new Map<string, PolicyCell[]>();
  for (const cell of cells) {
    if (cell.outcomes.every((o) => o === cell.outcomes[0])) continue;
    const key = cell.outcomes.join(" ");
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()];
}

/** The numbers of each policy. @param reference the policy that the kernel has by itself */
export function tallyPolicies(runs: readonly PolicyRun[], cells: readonly PolicyCell[], reference: string): PolicyTally[] {
  const own = runs.find((r) => r.policy === reference) ?? runs[0]!;
  return runs.map((run, index) => {
    const number = (outcome: Outcome): number => cells.filter((c) => c.outcomes[index] === outcome).length;
    const changes = compareCases(own.cases, run.cases);
    return {
      policy: run.policy,
      holds: number("holds"),
      broken: number("broken"),
      lost: number("lost"),
      none: number("bounded") + number("refused") + number("unsupported"),
      needless: run.cases.filter((c) => c.findings.some((f) => f.severity === "advice")).length,
      fixed: changes.filter((c) => c.change === "fixed").length,
      regressed: changes.filter((c) => c.change === "broken").length,
    };
  });
}

/** For each policy the finding behind what a cell comes to: why function is lost, else the first error; null where there is none. */
export function tellingFindings(cell: PolicyCell): readonly (Finding | null)[] {
  return cell.results.map((result, index) => {
    const errors = errorsOf(result);
    const failed = cell.outcomes[index] === "lost" ? errors.find((f) => f.rule === "mapping-failed") : undefined;
    return failed ?? errors[0] ?? null;
  });
}
