// SPDX-License-Identifier: MIT
/** How far a search goes, and why it ended before the fixpoint. */

export interface Bounds {
  /** States to stay within: the search ends with the state that is one too many. */
  readonly states: number;
  /** Operations of a trace at most. */
  readonly depth: number;
  /** Bytes that states and tables may take; `MEMORY_BYTES` where it is left out. Looked at now and then, so that a little more may be used. */
  readonly memory?: number;
}

/** Enough for most uses, and `cbit` stays below 1 GB. */
export const MEMORY_BYTES: number = 640 * 2 ** 20;

/** Which bound ended a search. */
export type Stopped = "states" | "depth" | "memory" | "time";


/** What a search has come to so far. */
export interface Progress {
  readonly states: number;
  readonly transitions: number;
  /** Operations to the level that is expanded. */
  readonly depth: number;
  /** States that are known and not expanded. */
  readonly frontier: number;
  /** Bytes that states and tables take. */
  readonly bytes: number;
}

/** Called now and then. */
export type OnProgress = (progress: Progress) => void;
