// SPDX-License-Identifier: MIT
/** The Linux model: states per second and bytes per state by workload, and the whole default matrix as `cbit check` runs it. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { CbitError, EXIT } from "../dist/base/index.js";
import { DEFAULT_WORKLOAD, WORKLOADS } from "../dist/scenarios/index.js";
import type { Announce } from "./comparison.ts";
import type { LinuxRun } from "./linux-run.ts";
import { type Lab, ROOT } from "./processes.ts";
import { type Sample, sampleOf } from "./sample.ts";

export interface LinuxRow extends Omit<LinuxRun, "seconds"> {
  readonly seconds: Sample;
  readonly rssBytes: Sample;
}

/** `cbit check --report-only` as a whole process. */
export interface MatrixRow {
  readonly what: string;
  readonly seconds: Sample;
  readonly rssBytes: Sample;
}

export interface LinuxFigures {
  readonly workloads: readonly LinuxRow[];
  readonly matrix: readonly MatrixRow[];
}

export interface LinuxOptions {
  readonly runs: number;
  /** All workloads, not the default one alone. */
  readonly full: boolean;
  /** A built checkout of another version, whose default matrix is timed too. */
  readonly before: string | null;
}

/** A case that is large enough for start and tables not to count: most of the matrix has fewer than 100 states a case. */
const LARGE = ["ttm-buffer,buffers=2", "sev", "vmwgfx"];

function program(checkout: string): string {
  return join(checkout, "bin", "cbit.js");
}

/** @throws CbitError where `before` is no built checkout */
export function requireBefore(before: string): void {
  if (existsSync(program(before)) && existsSync(join(before, "dist", "cli", "main.js"))) return;
  throw new CbitError({ code: "CBIT-100", exit: EXIT.usage, message: `--before ${before}: no built checkout of cbit`, hint: `git worktree add ${before} COMMIT && (cd ${before} && npm ci)` });
}

export function measureLinux(lab: Lab, { runs, full, before }: LinuxOptions, announce: Announce): LinuxFigures {
  const searched = [...(full ? WORKLOADS : [DEFAULT_WORKLOAD]).map((workload) => [workload.name]), LARGE];
  const workloads = searched.map((args): LinuxRow => {
    const all: (LinuxRun & { readonly rssBytes: number })[] = [];
    for (let run = 1; run <= runs; run++) {
      announce(`Linux model: ${args[0]}, run ${run} of ${runs}`);
      const { stdout, rssBytes } = lab.run([process.execPath, join(ROOT, "dist-bench", "linux-run.js"), ...args], ROOT);
      all.push({ ...(JSON.parse(stdout) as LinuxRun), rssBytes });
    }
    return { ...all[0]!, seconds: sampleOf(all.map((r) => r.seconds)), rssBytes: sampleOf(all.map((r) => r.rssBytes)) };
  });
  const kinds = [
    { what: "default matrix", command: [program(ROOT)] },
    ...(before === null ? [] : [{ what: `default matrix before (${before})`, command: [program(before)] }]),
  ];
  const measured = kinds.map((): { seconds: number; rssBytes: number }[] => []);
  for (let run = 1; run <= runs; run++) {
    for (const [i, { what, command }] of kinds.entries()) {
      announce(`Linux model: ${what}, run ${run} of ${runs}`);
      measured[i]!.push(lab.run([process.execPath, ...command, "check", "--report-only"], ROOT));
    }
  }
  const matrix = kinds.map(({ what }, i): MatrixRow => ({ what, seconds: sampleOf(measured[i]!.map((r) => r.seconds)), rssBytes: sampleOf(measured[i]!.map((r) => r.rssBytes)) }));
  return { workloads, matrix };
}
