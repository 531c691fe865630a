// SPDX-License-Identifier: MIT
/** What a rule is. One file per rule beside this one; `index.ts` has the table. */

import type { Configuration, Operation, StepResult, View } from "../../kernel/index.ts";

export type RuleId = "ciphertext-read" | "stale-view" | "alias-attribute" | "mapping-failed";

export type Severity = "error" | "advice";

/** What a rule judges: one step. */
export interface StepFacts {
  readonly operation: Operation;
  readonly result: StepResult;
  /** For reads: the token that is promised, 0 where nothing is. */
  readonly expected: number;
  /** The live views after the step; null where they cannot have changed. */
  readonly views: readonly View[] | null;
}

/** Why something is wrong: a rule of the machine in one sentence, and where it is written down. */
export interface Reason {
  readonly text: string;
  readonly ref: string;
}

/** Number of causes that a rule may tell apart. */
export const CAUSES = 64;

/** A rule told that nothing is wrong. */
export const NO_CAUSE = -1;

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
  /** One sentence for a step that `judge` objects to. */
  describe(facts: StepFacts): string;
  why(facts: StepFacts, configuration: Configuration): Reason;
  /** What to try. */
  hint(facts: StepFacts, configuration: Configuration): string;
}
