// SPDX-License-Identifier: MIT
/** The library's `check` and `compare`: what the commands of these names do, in one thread. */

import { shellWord } from "../base/index.ts";
import { type Bounds, type CaseOptions, compareCases, DEFAULT_BOUNDS, type Workload } from "../check/index.ts";
import type { Configuration, DriverProfile, KernelFactory } from "../kernel/index.ts";
import { DRIVERS } from "../linux/index.ts";
import { type CheckReport, type CompareReport, DEFAULT_STORIES } from "../report/index.ts";
import { type CaseProgress, checkMatrix, DEFAULT_WORKLOAD, distinct, type Matrix } from "../scenarios/index.ts";
import { kernelWords, model } from "./kernels.ts";
import { deviceOf, machineOf, machines as machinesOf, workloadOf } from "./places.ts";

/** What to check; everything that is left out is as on the command line. */
export interface Selection {
  /** Specs as `--machine` takes them, or configurations; the default matrix where they are left out. */
  readonly machines?: readonly (string | Configuration)[];
  /** Names, or profiles; all known devices where they are left out. */
  readonly devices?: readonly (string | DriverProfile)[];
  /** What is tried in every order; `ttm-buffer` where it is left out. */
  readonly workload?: string | Workload;
  /** States and operations in a row that a case is searched for at most, and bytes for its states. */
  readonly bounds?: Partial<Bounds>;
  /** Asked again and again while a case is searched: true ends the search, which then has no verdict `holds`. */
  readonly stop?: () => boolean;
  /** Called before each search. */
  readonly progress?: CaseProgress;
  /** Stories that text tells at most; 12 where it is left out. */
  readonly stories?: number;
}

/** What to check, and on which kernel. */
export interface CheckSelection extends Selection {
  /** Linux 6.12's model where it is left out. */
  readonly kernel?: KernelFactory;
}

/** What a selection stands for. */
export interface Chosen {
  readonly machines: readonly Configuration[];
  readonly devices: readonly DriverProfile[];
  readonly workload: Workload;
  readonly options: CaseOptions;
}

/** Looks up what a selection names. @throws CbitError for what is not known */
export function chosen({ machines, devices, workload = DEFAULT_WORKLOAD, bounds, stop }: Selection): Chosen {
  return {
    machines: machines === undefined ? machinesOf() : distinct(machines.flatMap(machineOf)),
    devices: devices === undefined ? DRIVERS : [...new Set(devices.map(deviceOf))],
    workload: workloadOf(workload),
    options: { bounds: { ...DEFAULT_BOUNDS, ...bounds }, ...(stop === undefined ? {} : { stop }) },
  };
}

/** The command that explains a finding. */
export function explainCommand(kernel: KernelFactory, workload: Workload, id: string): string {
  return ["cbit", "explain", id, ...kernelWords(kernel), ...(workload === DEFAULT_WORKLOAD ? [] : ["--workload", workload.name])].map(shellWord).join(" ");
}

/** Searches every case of a selection. */
export function matrixOf(kernel: KernelFactory, { machines, devices, workload, options }: Chosen, progress: CaseProgress | undefined): Matrix {
  return checkMatrix(kernel, machines, devices, workload, options, progress);
}

/**
 * Checks every machine with every device: does everybody read what was written, whatever the order of operations?
 * @returns the verdicts with their counterexamples; `checkText`, `checkJson` and the other formats print it
 * @throws CbitError for names that are not known, CBIT-302 where a search never came to what its workload is about
 */
export function check(selection: CheckSelection = {}): CheckReport {
  const { kernel = model() } = selection;
  const what = chosen(selection);
  return {
    ...matrixOf(kernel, what, selection.progress),
    drivers: null,
    subjects: { machines: what.machines, devices: what.devices },
    stories: selection.stories ?? DEFAULT_STORIES,
    explain: (id) => explainCommand(kernel, what.workload, id),
    checkpoint: null,
    further: null,
  };
}

/**
 * Checks two kernels, case by case: what the second one fixes, and what it breaks.
 * @throws CbitError as `check` does
 */
export function compare(before: KernelFactory, after: KernelFactory, selection: Selection = {}): CompareReport {
  const what = chosen(selection);
  const [first, second] = [matrixOf(before, what, selection.progress), matrixOf(after, what, selection.progress)];
  return {
    before: first,
    after: second,
    patched: null,
    workload: what.workload.name,
    cases: compareCases(first.cases, second.cases),
    subjects: { machines: what.machines, devices: what.devices },
    stories: selection.stories ?? DEFAULT_STORIES,
    explain: (id, side) => explainCommand(side === "before" ? before : after, what.workload, id),
  };
}
