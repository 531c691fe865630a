// SPDX-License-Identifier: MIT
/** What a search that a bound ended leaves behind: a checkpoint, and the command that goes on from it. */

import { join } from "node:path";
import { CbitError, shellWord } from "../base/index.ts";
import { type Bounds, type CaseResult, MEMORY_BYTES, type Stopped } from "../check/index.ts";
import type { SavedCheckpoint } from "../report/index.ts";
import { cacheDirectory } from "./cache.ts";
import { writeCheckpoint } from "./checkpoint-file.ts";
import { durationText, sizeText } from "./quantities.ts";
import { type SubjectName, subjectFileName } from "./subject.ts";

/** The options with which a search that was ended may go further. @param time its limit in milliseconds */
export function further(stopped: Stopped, bounds: Bounds, time: number | null): string[] {
  switch (stopped) {
    case "states":
      return ["--states", String(bounds.states * 2)];
    case "depth":
      return ["--depth", String(bounds.depth * 2)];
    case "memory":
      return ["--memory", sizeText((bounds.memory ?? MEMORY_BYTES) * 2)];
    case "time":
      return ["--time", durationText(time!)];
  }
}

/**
 * Writes the checkpoint of a search.
 * @param named where the user wants it; null for the cache, where it is no error that it cannot be written
 * @returns where it is and how to go on; null where the search came to its end
 */
export function saveCheckpoint(result: CaseResult, subject: SubjectName, named: string | null, time: number | null): SavedCheckpoint | null {
  const { checkpoint, stopped } = result.search ?? { checkpoint: null, stopped: null };
  if (checkpoint === null || stopped === null) return null;
  const path = named ?? join(cacheDirectory(process.env), "checkpoints", subjectFileName(subject));
  try {
    writeCheckpoint(path, { subject, checkpoint });
  } catch (error) {
    if (named !== null || !(error instanceof CbitError)) throw error;
    return { path: null, why: error.message };
  }
  return { path, resume: ["cbit", "explore", "--resume", path, ...further(stopped, result.bounds, time)].map(shellWord).join(" ") };
}
