// SPDX-License-Identifier: MIT
/**
 * SPIN: `spin -a` writes a verifier in C, gcc compiles it. Partial-order reduction is off (`-DNOREDUCE`), because it would leave states out.
 * SPIN counts the state that it starts from as a transition ("stored + matched"): one less is the number of steps taken.
 */

import { join } from "node:path";
import { type Built, type Checker, numberIn, type Outcome } from "./checker.ts";
import type { Model } from "./models/model.ts";
import { type Lab, ROOT } from "./processes.ts";

export interface SpinMode {
  readonly name: string;
  readonly defines: readonly string[];
  /** Options of the verifier: sizes of the hash table (`-w`) and of the stack (`-m`) that fit the models. */
  readonly args: readonly string[];
}

export const SPIN_MODES: Readonly<Record<"dfs" | "bfs" | "par", SpinMode>> = {
  dfs: { name: "SPIN DFS", defines: [], args: ["-w20", "-m1000000"] },
  bfs: { name: "SPIN BFS", defines: ["-DBFS"], args: ["-w20"] },
  /** Keeps hashes of states, not the states: the way of its authors. */
  par: { name: "SPIN BFS_PAR, 2 cores", defines: ["-DBFS_PAR"], args: ["-u2", "-w22"] },
};

export function spin(lab: Lab, mode: SpinMode): Checker {
  return {
    name: mode.name,
    build(model: Model, bug: boolean): Built {
      const folder = lab.newFolder();
      const generated = lab.run(["spin", "-a", ...(bug ? ["-DBUG"] : []), join(ROOT, "bench", "models", `${model.name}.pml`)], folder);
      const compiled = lab.run(["gcc", "-w", "-O2", "-DSAFETY", "-DNOREDUCE", ...mode.defines, "-o", "pan", "pan.c"], folder);
      return { seconds: generated.seconds + compiled.seconds, run: () => outcomeOf(lab, folder, mode) };
    },
  };
}

function outcomeOf(lab: Lab, folder: string, mode: SpinMode): Outcome {
  const { stdout, seconds, cpuSeconds, rssBytes, status } = lab.run(["./pan", ...mode.args], folder);
  const failed = /errors: 0$/m.test(stdout) ? null : numberIn(stdout, /\(at depth (\d+)\)/);
  return {
    states: numberIn(stdout, /^\s*([\d.e+]+) states, stored/m),
    transitions: numberIn(stdout, /^\s*([\d.e+]+) transitions/m) - 1,
    steps: failed === null ? null : failed + 1,
    searchSeconds: numberIn(stdout, /^pan: elapsed time ([\d.e+-]+) seconds/m),
    runSeconds: seconds,
    cpuSeconds,
    rssBytes,
    status,
  };
}
