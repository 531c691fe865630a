// SPDX-License-Identifier: MIT
/** A matrix of cases: every machine with every device. */

import { type Bounds, type CaseResult, checkCase, type Progress, type Workload } from "../check/index.ts";
import type { Configuration, DriverProfile, KernelFactory } from "../kernel/index.ts";

export interface Matrix {
  readonly kernel: string;
  readonly policy: string | null;
  readonly workload: string;
  /** Machine by machine, devices in the order given. */
  readonly cases: readonly CaseResult[];
}

/** Called before each case with its number (from 0), the number of cases, and its name; may return a progress for the search. */
export type CaseProgress = (index: number, total: number, name: string) => Progress | undefined;

/** Checks every machine with every device, one after the other. */
export function checkMatrix(
  factory: KernelFactory,
  machines: readonly Configuration[],
  drivers: readonly DriverProfile[],
  workload: Workload,
  bounds: Bounds,
  progress?: CaseProgress,
): Matrix {
  const cases: CaseResult[] = [];
  const total = machines.length * drivers.length;
  for (const machine of machines) {
    for (const driver of drivers) {
      cases.push(checkCase(factory, machine, driver, workload, bounds, progress?.(cases.length, total, `${driver.name}@${machine.name}`)));
    }
  }
  return { kernel: factory.name, policy: factory.policy, workload: workload.name, cases };
}
