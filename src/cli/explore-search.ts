// SPDX-License-Identifier: MIT
/** `cbit explore` as a search: within bounds, from the beginning or from a checkpoint. */

import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { CbitError } from "../base/index.ts";
import { type Bounds, type CaseResult, checkCase, type Progress, type Stopped, suited } from "../check/index.ts";
import { type SavedCheckpoint, searchJson, type SearchReport, searchText, thousands } from "../report/index.ts";
import { cacheDirectory } from "./cache.ts";
import { exitOf } from "./check.ts";
import { assertSameSubject, assertWritable, type CheckpointFile, writeCheckpoint } from "./checkpoint-file.ts";
import type { Context } from "./context.ts";
import { shellWord } from "./options.ts";
import { durationText, sizeText } from "./quantities.ts";
import { recruitFor } from "./threads/threads.ts";
import { type Reductions, type Subject, subjectFileName, subjectName } from "./subject.ts";

export interface SearchOptions extends Reductions {
  readonly bounds: Bounds;
  /** Milliseconds; null for no end. */
  readonly time: number | null;
  readonly workers: number;
  /** Where the checkpoint goes; null for the cache. */
  readonly checkpoint: string | null;
  /** What to go on from, and where it is from; null to begin anew. */
  readonly resume: { readonly path: string; readonly file: CheckpointFile } | null;
  /** Findings that the text tells at most. */
  readonly shown: number;
  readonly json: boolean;
}

/** Bytes that a search takes where nobody says how many, for the hint. Ref: src/check/explorer/bounds.ts (MEMORY_BYTES). */
const USUAL_MEMORY = 640 * 2 ** 20;

/** The options with which a search that was ended may go further. */
function further(stopped: Stopped, { bounds, time }: SearchOptions): string[] {
  switch (stopped) {
    case "states":
      return ["--states", String(bounds.states * 2)];
    case "depth":
      return ["--depth", String(bounds.depth * 2)];
    case "memory":
      return ["--memory", sizeText((bounds.memory ?? USUAL_MEMORY) * 2)];
    case "time":
      return ["--time", durationText(time!)];
  }
}

/** Shows how a search goes on: states, states a second, depth, frontier, memory. @param now milliseconds */
export function progressLine({ states, depth, frontier, bytes }: Progress, rate: number): string {
  return `${thousands(states)} states, ${thousands(Math.round(rate))}/s, depth ${depth}, frontier ${thousands(frontier)}, ${sizeText(bytes)}`;
}

function showProgress(context: Context): (progress: Progress) => void {
  let first: { readonly at: number; readonly states: number } | null = null;
  return (progress) => {
    const at = performance.now();
    first ??= { at, states: progress.states };
    context.progress(progressLine(progress, ((progress.states - first.states) * 1000) / Math.max(1, at - first.at)));
  };
}

function save(result: CaseResult, path: string, name: ReturnType<typeof subjectName>, named: boolean, options: SearchOptions): SavedCheckpoint | null {
  const { checkpoint, stopped } = result.search ?? { checkpoint: null, stopped: null };
  if (checkpoint === null || stopped === null) return null;
  try {
    writeCheckpoint(path, { subject: name, checkpoint });
  } catch (error) {
    if (named || !(error instanceof CbitError)) throw error;
    return { path: null, why: error.message };
  }
  return { path, resume: ["cbit", "explore", "--resume", path, ...further(stopped, options)].map(shellWord).join(" ") };
}

/** Searches, prints, leaves a checkpoint where a bound ended it, and sets the exit code as `cbit check` does. */
export function exploreSearch(subject: Subject, options: SearchOptions, context: Context): void {
  const { factory, configuration, driver, workload } = subject;
  const { bounds, time, resume, compact, symmetry, partialOrder } = options;
  const name = subjectName(subject, { compact, symmetry, partialOrder });
  if (resume !== null) assertSameSubject(resume.path, resume.file.subject, name);
  const path = options.checkpoint === null ? join(cacheDirectory(process.env), "checkpoints", subjectFileName(name)) : resolve(options.checkpoint);
  if (options.checkpoint !== null) assertWritable(path);
  const begin = performance.now();
  const names = { kernel: factory.name, policy: factory.policy, machines: [configuration.name], devices: [driver.name], workload: workload.name };
  const plain = { bounds, compact, symmetry, partialOrder, keep: true };
  const result = checkCase(factory, configuration, driver, workload, {
    ...plain,
    ...recruitFor(names, plain, options.workers),
    stop: () => time !== null && performance.now() - begin >= time,
    progress: showProgress(context),
    ...(resume === null ? {} : { resume: resume.file.checkpoint }),
  });
  context.progress("");
  const checkpoint = save(result, path, name, options.checkpoint !== null, options);
  const report: SearchReport = {
    kernel: factory.name,
    policy: factory.policy,
    case: result,
    configuration,
    driver,
    workload: suited(workload, driver, configuration),
    compact,
    time,
    resumed: resume?.path ?? null,
    checkpoint,
  };
  context.out(options.json ? searchJson(report) : searchText(report, options.shown, context.style));
  context.exit = exitOf([result], false);
}
