// SPDX-License-Identifier: MIT
/** What the tools have in common. */

import type { Model } from "./models/model.ts";

/** One run of a model. */
export interface Outcome {
  /** Distinct states, and transitions between them: self loops count, the tool's own first step does not. */
  readonly states: number;
  readonly transitions: number;
  /** Steps of the counterexample; null where the model holds. */
  readonly steps: number | null;
  /** The search alone, as the tool says it, or its whole run where it does not. */
  readonly searchSeconds: number;
  /** The verifier's whole run. */
  readonly runSeconds: number;
  /** Of the run, on all cores. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly status: number;
}

/** A verifier that is ready to run. */
export interface Built {
  /** Generating and compiling it. */
  readonly seconds: number;
  run(): Outcome;
}

/** A tool with one set of options: one row of the table. */
export interface Checker {
  readonly name: string;
  /** Makes the verifier: each call generates and compiles it anew. */
  build(model: Model, bug: boolean): Built;
}

/** The number that a pattern's first group finds. @throws Error where there is none */
export function numberIn(text: string, pattern: RegExp): number {
  const match = pattern.exec(text);
  if (match === null) throw new Error(`no ${pattern} in:\n${text.slice(-4000)}`);
  return Number(match[1]);
}
