// SPDX-License-Identifier: MIT
/**
 * Rumur: writes a verifier in C, gcc compiles it. Symmetry reduction is off, because it would merge states (the models declare no scalar sets
 * either), and so is deadlock detection, which the others do not do here. It counts rules fired. The time of its search is that of
 * its run: it gives whole seconds only.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Built, type Checker, numberIn, type Outcome } from "./checker.ts";
import type { Model } from "./models/model.ts";
import { type Lab, ROOT } from "./processes.ts";

/** As `rumur-run` compiles; elsewhere than on x86-64 the double-word compare-and-swap comes from libatomic. */
const FLAGS = process.arch === "x64" ? ["-march=native", "-mcx16", "-lpthread"] : ["-lpthread", "-latomic"];

export function rumur(lab: Lab, threads: number): Checker {
  return {
    name: `Rumur, ${threads} thread${threads === 1 ? "" : "s"}`,
    build(model: Model, bug: boolean): Built {
      const folder = lab.newFolder();
      const source = readFileSync(join(ROOT, "bench", "models", `${model.name}.m`), "utf8");
      writeFileSync(join(folder, "model.m"), bug ? withBug(source) : source);
      const options = ["--symmetry-reduction", "off", "--deadlock-detection", "off", "--threads", String(threads)];
      const generated = lab.run(["rumur", "model.m", "--output", "verifier.c", ...options], folder);
      const compiled = lab.run(["gcc", "-w", "-std=c11", "-O3", "-o", "verifier", "verifier.c", ...FLAGS], folder);
      return { seconds: generated.seconds + compiled.seconds, run: () => outcomeOf(lab, folder) };
    },
  };
}

function withBug(source: string): string {
  const changed = source.replace(/^ {2}BUG: false;/m, "  BUG: true;");
  if (changed === source) throw new Error("the Murphi model has no constant BUG");
  return changed;
}

function outcomeOf(lab: Lab, folder: string): Outcome {
  const { stdout, seconds, cpuSeconds, rssBytes, status } = lab.run(["./verifier"], folder, [0, 1]);
  const failed = status !== 0;
  if (!failed && !stdout.includes("No error found.")) throw new Error(`no verdict in:\n${stdout.slice(-4000)}`);
  return {
    states: numberIn(stdout, /^\s*(\d+) states, \d+ rules fired/m),
    transitions: numberIn(stdout, /^\s*\d+ states, (\d+) rules fired/m),
    steps: failed ? (stdout.match(/^Rule .* fired\.$/gm) ?? []).length : null,
    searchSeconds: seconds,
    runSeconds: seconds,
    cpuSeconds,
    rssBytes,
    status,
  };
}
