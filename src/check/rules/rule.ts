// SPDX-License-Identifier: MIT
/** What a rule is. One file per rule beside this one; `index.ts` has the table. */

import type { BootResult, Configuration, DriverProfile, Health, Operation, StepResult, View } from "../../kernel/index.ts";
import type { Oracle } from "../oracle.ts";

/** The stable name of a rule: "ciphertext-read". */
export type RuleId =
  | "ciphertext-read"
  | "stale-view"
  | "alias-attribute"
  | "alias-caching"
  | "exposed-private"
  | "freed-shared"
  | "page-state"
  | "bounce-leak"
  | "mapping-failed"
  | "refusal"
  | "kernel-warn"
  | "needless-share";

/** An `advice` makes no case broken. */
export type Severity = "error" | "advice";

/** What a rule judges: one step. */
export interface StepFacts {
  readonly configuration: Configuration;
  readonly operation: Operation;
  readonly result: StepResult;
  /** For reads: the token that is promised, 0 where nothing is. */
  readonly expected: number;
  /** For reads from outside: the token of private contents at this place, 0 where there is none. */
  readonly secret: number;
  /** For reads: the token that came is another buffer's, and the reader has no business with it. */
  readonly foreign: boolean;
  /** The live views after the step; null where they cannot have changed. */
  readonly views: readonly View[] | null;
  /** What is wrong with frames after the step; null where that cannot have changed, and for kernels that cannot tell. */
  readonly health: Health | null;
}

/** True where an operation failed because the workload made a function in it fail. */
export function wasInjected(result: StepResult): boolean {
  return result.outcome === "error" && result.injected === true;
}

/** True where a read gave a token that is none of the reader's business. */
export function readsForeign(oracle: Oracle, words: Uint32Array, buf: number, result: StepResult, expected: number): boolean {
  const token = result.outcome === "done" ? (result.seen?.token ?? null) : null;
  return token !== null && oracle.foreign(words, buf, token, expected);
}

/** What a rule judges at boot. */
export interface BootFacts {
  readonly boot: BootResult;
  readonly configuration: Configuration;
  readonly driver: DriverProfile;
}

/** Why something is wrong: a rule of the machine in one sentence, and where it is written down. */
export interface Reason {
  readonly text: string;
  readonly ref: string;
}

/** Number of causes that a rule may tell apart: enough for an operation and a hash of what a kernel said. */
export const CAUSES: number = 2 ** 20;

/** What a rule tells of a violation. */
export interface Violation {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly title: string;
  readonly why: Reason;
  readonly hint: string;
}

/** A rule told that nothing is wrong. */
export const NO_CAUSE = -1;

/** A rule: what it objects to, how it tells of it, and why. */
export interface Rule {
  readonly id: RuleId;
  readonly severity: Severity;
  readonly title: string;
  /** The question it answers, in the user's words. */
  readonly question: string;
  /** Its page, from the root of the package. */
  readonly docs: string;
  /** Where the requirement comes from. */
  readonly source: string;
  /** Which cause (0 to `CAUSES` - 1) makes the step a violation, or `NO_CAUSE`. Called in the search: allocates nothing. */
  judge(facts: StepFacts): number;
  /** What is wrong with the outcome of boot and probe; null where nothing is. For rules that judge boot. */
  judgeBoot?(facts: BootFacts): Omit<Violation, "rule" | "severity"> | null;
  /** One sentence for a step that `judge` objects to. */
  describe(facts: StepFacts): string;
  why(facts: StepFacts): Reason;
  /** What to try. */
  hint(facts: StepFacts): string;
}
