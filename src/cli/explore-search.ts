// SPDX-License-Identifier: MIT
/** `cbit explore` as a search: within bounds, from the beginning or from a checkpoint. */

import type { Subject } from "../api/subject.ts";
import { resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { type Bounds, checkCase, suited } from "../check/index.ts";
import { searchJson, type SearchReport, searchText } from "../report/index.ts";
import { exitOf } from "./check.ts";
import { assertSameSubject, assertWritable, type CheckpointFile } from "./checkpoint-file.ts";
import type { Context } from "./context.ts";
import { interruptible } from "./interrupts.ts";
import { searchProgress } from "./search-progress.ts";
import { saveCheckpoint } from "./save-checkpoint.ts";
import { recruitFor } from "./threads/threads.ts";
import { type Reductions, subjectName } from "./subject.ts";

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

/** Searches, prints, leaves a checkpoint where a bound ended it, and sets the exit code as `cbit check` does. */
export function exploreSearch(subject: Subject, options: SearchOptions, context: Context): void {
  const { factory, configuration, driver, workload } = subject;
  const { bounds, time, resume, compact, symmetry, partialOrder } = options;
  const name = subjectName(subject, { compact, symmetry, partialOrder });
  if (resume !== null) assertSameSubject(resume.path, resume.file.subject, name);
  const path = options.checkpoint === null ? null : resolve(options.checkpoint);
  if (path !== null) assertWritable(path);
  const begin = performance.now();
  const plain = { bounds, compact, symmetry, partialOrder, keep: true };
  const result = interruptible(() => checkCase(factory, configuration, driver, workload, {
    ...plain,
    ...recruitFor(subject, plain, options.workers),
    stop: () => time !== null && performance.now() - begin >= time,
    progress: searchProgress(context),
    ...(resume === null ? {} : { resume: resume.file.checkpoint }),
  }));
  context.progress("");
  const checkpoint = saveCheckpoint(result, name, path, time);
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
