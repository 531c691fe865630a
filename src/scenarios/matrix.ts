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

/** Called before each case with its number (from 0), the number of cases, and its name; may return a progress for the search. */
export type CaseProgress = (index: number, total: number, name: string) => OnProgress | undefined;

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
  const cases: CaseResult[] = [];
  const searched = new Map<string, CaseResult>();
  const total = machines.length * drivers.length;
  for (const machine of machines) {
    for (const driver of drivers) {
      const report = progress?.(cases.length, total, caseId(driver.name, machine.name));
      const key = factory.effectiveKey(machine, driver);
      const twin = key === null ? undefined : searched.get(key);
      const result = twin === undefined ? checkCase(factory, machine, driver, workload, report === undefined ? options : { ...options, progress: report }) : twinCase(factory, machine, driver, workload, twin);
      // What was not searched costs nothing, and its reason may name the machine or the device.
      if (key !== null && twin === undefined && result.reason === null) searched.set(key, result);
      cases.push(result);
    }
  }
  return { kernel: factory.name, policy: factory.policy, workload: workload.name, cases };
}
