// SPDX-License-Identifier: MIT
/** What threads are given to do: plain values, because kernels and machines have functions and do not travel. */

import type { CbitErrorFields } from "../../base/index.ts";
import type { CaseOptions, CaseResult } from "../../check/index.ts";
import type { Joining } from "./recruit.ts";

/** What is searched, by the names that the command line has for it. */
export interface CaseNames {
  readonly kernel: string;
  readonly policy: string | null;
  readonly machines: readonly string[];
  readonly devices: readonly string[];
  readonly workload: string;
}

/** The options of a search without what cannot travel. */
export type PlainOptions = Pick<CaseOptions, "bounds" | "symmetry" | "partialOrder" | "compact" | "keep">;

/** A part of the cases of a matrix. */
export interface MatrixJob {
  readonly kind: "matrix";
  readonly names: CaseNames;
  readonly options: PlainOptions;
  /** By place in the matrix: the place of the case that is searched for it. */
  readonly searched: readonly number[];
  /** The next search to do, shared by all threads. */
  readonly next: SharedArrayBuffer;
  /** When the time is up, in ms as `Date.now()`; null without a limit. */
  readonly deadline: number | null;
}

/** What comes of it: results by the search's number, or a mistake that a user can mend. */
export type MatrixAnswer = ReadonlyMap<number, CaseResult> | CbitErrorFields;

/** A part of the states of one case. */
export interface SearchJob {
  readonly kind: "search";
  readonly names: CaseNames;
  readonly options: PlainOptions;
  readonly joining: Joining;
}

export type Job = MatrixJob | SearchJob;

/** Counts from 0, over all threads that share the buffer. */
export function counter(buffer: SharedArrayBuffer): () => number {
  const word = new Int32Array(buffer);
  return () => Atomics.add(word, 0, 1);
}
