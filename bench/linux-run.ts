// SPDX-License-Identifier: MIT
/**
 * `node dist-bench/linux-run.js WORKLOAD [MACHINE DEVICE]`: searches the default matrix of the Linux model in one thread, or one case of it, and
 * prints what it took as JSON.
 * The time is that of all that `cbit check` does for it but start and report: boot, search, retelling counterexamples.
 */

import { DRIVERS, createModelFactory, DEFAULT_POLICY } from "../dist/linux/index.js";
import { DEFAULT_BOUNDS } from "../dist/check/index.js";
import { checkMatrix, defaultMachines, parseMachine, workloadNamed } from "../dist/scenarios/index.js";

/** Printed on standard output. */
export interface LinuxRun {
  readonly workload: string;
  readonly cases: number;
  /** Cases that were searched; the others take a verdict over. */
  readonly searches: number;
  readonly states: number;
  readonly transitions: number;
  /** Of states and tables, over all searches. */
  readonly bytes: number;
  readonly seconds: number;
}

const factory = createModelFactory({ release: "6.12", policy: DEFAULT_POLICY });
const [name, machine, device] = process.argv.slice(2);
const workload = workloadNamed(name!);
const machines = machine === undefined ? defaultMachines() : parseMachine(machine);
const drivers = device === undefined ? DRIVERS : DRIVERS.filter((d) => d.name === device);
const start = performance.now();
const { cases } = checkMatrix(factory, machines, drivers, workload, { bounds: DEFAULT_BOUNDS });
const seconds = (performance.now() - start) / 1000;
const searched = cases.filter((c) => c.search !== null);
const sum = (of: (c: (typeof searched)[number]) => number): number => searched.reduce((total, c) => total + of(c), 0);
const run: LinuxRun = {
  workload: workload.name,
  cases: cases.length,
  searches: searched.length,
  states: sum((c) => c.states),
  transitions: sum((c) => c.search!.transitions),
  bytes: sum((c) => c.search!.bytes),
  seconds,
};
process.stdout.write(`${JSON.stringify(run)}\n`);
