// SPDX-License-Identifier: MIT
/** A matrix of cases: every machine with every device, cases in which the kernel behaves the same searched once. */

import { type CaseOptions, type CaseResult, caseId, checkCase, type OnProgress, twinCase, type Workload } from "../check/index.ts";
import type { Configuration, DriverProfile, KernelFactory } from "../kernel/index.ts";

export interface Matrix {
  readonly kernel: string;
  readonly policy: string | null;
  readonly workload: string;
  /** Machine by machine, devices in the order given. */
  readonly cases: readonly CaseResult[];
}

/** Called before each search with its number (from 0), the number of searches, and the case's name; may return a progress for the search. */
export type CaseProgress = (index: number, total: number, name: string) => OnProgress | undefined;

/** A case that is to be searched, or takes over what another one's search finds. */
interface PlannedCase {
  readonly machine: Configuration;
  readonly driver: DriverProfile;
  /** The place of the case with the same effective key that is searched; its own where that is itself. */
  readonly searched: number;
}

/** What a matrix takes. Two plans of the same arguments are equal, in whatever thread they are made. */
export interface MatrixPlan {
  readonly factory: KernelFactory;
  readonly workload: Workload;
  readonly options: CaseOptions;
  readonly cases: readonly PlannedCase[];
  /** Places of the cases that are searched. */
  readonly searches: readonly number[];
}

/**
 * Plans a matrix of every machine with every device.
 * @param known by place which case is searched for it, from an equal plan: working it out takes a boot of each case
 */
export function planMatrix(
  factory: KernelFactory,
  machines: readonly Configuration[],
  drivers: readonly DriverProfile[],
  workload: Workload,
  options: CaseOptions,
  known?: readonly number[],
): MatrixPlan {
  const first = new Map<string, number>();
  const cases: PlannedCase[] = [];
  for (const machine of machines) {
    for (const driver of drivers) {
      if (known !== undefined) {
        cases.push({ machine, driver, searched: known[cases.length]! });
        continue;
      }
      const key = factory.effectiveKey(machine, driver);
      const searched = (key === null ? undefined : first.get(key)) ?? cases.length;
      if (key !== null && searched === cases.length) first.set(key, searched);
      cases.push({ machine, driver, searched });
    }
  }
  return { factory, workload, options, cases, searches: cases.flatMap((c, i) => (c.searched === i ? [i] : [])) };
}

function searchOne({ factory, workload, options }: MatrixPlan, { machine, driver }: PlannedCase, progress: OnProgress | undefined): CaseResult {
  return checkCase(factory, machine, driver, workload, progress === undefined ? options : { ...options, progress });
}

/**
 * Searches cases of a plan. Several threads may each do a part of them.
 * @param next gives the next one to do, as a place in `plan.searches`; a number beyond its end ends the work
 * @returns by place in the matrix
 */
export function searchPlanned(plan: MatrixPlan, next: () => number, progress?: CaseProgress): Map<number, CaseResult> {
  const results = new Map<number, CaseResult>();
  for (let n = next(); n < plan.searches.length; n = next()) {
    const at = plan.searches[n]!;
    const planned = plan.cases[at]!;
    results.set(at, searchOne(plan, planned, progress?.(n, plan.searches.length, caseId(planned.driver.name, planned.machine.name))));
  }
  return results;
}

/** Puts a matrix together. @param results of all searches of the plan */
export function matrixOf(plan: MatrixPlan, results: ReadonlyMap<number, CaseResult>): Matrix {
  const { factory, workload } = plan;
  const cases = plan.cases.map((planned, at): CaseResult => {
    const own = results.get(at);
    if (own !== undefined) return own;
    const twin = results.get(planned.searched)!;
    // What was not searched costs nothing, and its reason may name the machine or the device.
    if (twin.reason !== null) return searchOne(plan, planned, undefined);
    return twinCase(factory, planned.machine, planned.driver, workload, twin);
  });
  return { kernel: factory.name, policy: factory.policy, workload: workload.name, cases };
}

/**
 * Checks every machine with every device, one after the other. Of cases with the same effective key the first is searched, and
 * the others take its verdict over (`CaseResult.sameAs`).
 */
export function checkMatrix(
  factory: KernelFactory,
  machines: readonly Configuration[],
  drivers: readonly DriverProfile[],
  workload: Workload,
  options: CaseOptions,
  progress?: CaseProgress,
): Matrix {
  const plan = planMatrix(factory, machines, drivers, workload, options);
  let n = 0;
  return matrixOf(plan, searchPlanned(plan, () => n++, progress));
}
