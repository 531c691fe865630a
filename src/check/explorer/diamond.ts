// SPDX-License-Identifier: MIT
/**
 * Whether actions commute, by trying: in every state of an unreduced search that enables two of them, both orders. This is the definition
 * of independence (`Independence` in space.ts) and costs the square of a search, so it is for tests and for `selfCheck`.
 */

import { equalWords } from "../../base/index.ts";
import { addBit, hasBit, setWords } from "./bit-sets.ts";
import { DeltaStore } from "./delta-store.ts";
import { Lineage, NOBODY } from "./lineage.ts";
import { type Independence, type Space, STEP_ENDED, STEP_MOVED, STEP_SAME, type StepKind } from "./space.ts";

/** In what two orders of a pair differ. */
export type Difference = "one disables the other" | "outcome" | "violations" | "state";

/** What became of a pair of actions, the smaller number first. */
export interface PairTally {
  readonly a: number;
  readonly b: number;
  /** States that enable both. */
  readonly states: number;
  /** The path to the first state, in the order of discovery, where the orders differ, and in what; null where they never do. */
  readonly differs: { readonly path: readonly number[]; readonly what: Difference } | null;
}

export interface DiamondResult {
  readonly states: number;
  /** False where the bound ended the search: nothing is known of the rest. */
  readonly complete: boolean;
  /** Pairs that some state enables both of, and that were asked for. */
  readonly pairs: readonly PairTally[];
}

/** True where an independence has `a` and `b` in it. */
export function areIndependent(independence: Independence, a: number, b: number): boolean {
  return hasBit(independence[a]!, b);
}

/** An independence over `actions` from a symmetric predicate. No action is independent of itself. */
export function independenceFrom(actions: number, independent: (a: number, b: number) => boolean): Uint32Array[] {
  const sets = Array.from({ length: actions }, () => new Uint32Array(setWords(actions)));
  for (let a = 0; a < actions; a++) {
    for (let b = a + 1; b < actions; b++) {
      if (!independent(a, b)) continue;
      addBit(sets[a]!, b);
      addBit(sets[b]!, a);
    }
  }
  return sets;
}

/** A step as it can be compared with another one. */
interface Outcome {
  readonly kind: StepKind;
  readonly violations: readonly number[];
  /** The words afterwards; those before where nothing changed or nothing may follow. */
  readonly words: Uint32Array;
}

/** The action's outcome in the state entered, whose words are `words`; null where it is not enabled there. */
function outcomeOf(space: Space, action: number, words: Uint32Array): Outcome | null {
  if (!space.enabled(action)) return null;
  const kind = space.step(action);
  return { kind, violations: space.violations.toSorted((x, y) => x - y), words: kind === STEP_MOVED ? space.state.slice() : words };
}

/** In what an action differs after another one from what it did before; null where in nothing. */
function changed(before: Outcome, after: Outcome | null): Difference | null {
  if (after === null) return "one disables the other";
  if (before.kind === STEP_ENDED ? after.kind !== STEP_ENDED : after.kind === STEP_ENDED) return "outcome";
  if (before.violations.length !== after.violations.length || before.violations.some((v, i) => v !== after.violations[i])) return "violations";
  return null;
}

/** The outcome of `second` after `first`; of itself where `first` leaves the state as it is. */
function follow(space: Space, first: Outcome, second: number, alone: Outcome): Outcome | null {
  if (first.kind === STEP_SAME) return alone;
  space.enter(first.words);
  return outcomeOf(space, second, first.words);
}

function compare(space: Space, a: number, b: number, alone: readonly [Outcome, Outcome]): Difference | null {
  const [first, second] = alone;
  const ab = first.kind === STEP_ENDED ? null : follow(space, first, b, second);
  const ba = second.kind === STEP_ENDED ? null : follow(space, second, a, first);
  const difference = (first.kind === STEP_ENDED ? null : changed(second, ab)) ?? (second.kind === STEP_ENDED ? null : changed(first, ba));
  if (difference !== null || ab === null || ba === null || ab.kind === STEP_ENDED || ba.kind === STEP_ENDED) return difference;
  return equalWords(ab.words, ba.words) ? null : "state";
}

/**
 * Tries both orders of pairs of actions in every reachable state. After an action that ends nothing may follow: then the other order has
 * to end at it as well, with the same violations.
 * @param wanted which pairs to try; `a` is the smaller number
 * @param states a bound on states, as in `Bounds`
 */
export function diamonds(space: Space, wanted: (a: number, b: number) => boolean, states: number): DiamondResult {
  const n = space.actions;
  const both = new Uint32Array(n * n);
  const differs = new Map<number, { path: readonly number[]; what: Difference }>();
  const store = new DeltaStore();
  const lineage = new Lineage(n);
  const reach = (words: Uint32Array, parent: number, action: number): void => {
    const encoding = store.encode(words);
    if (store.add(encoding, words.length, store.hash(encoding, words.length)) >= 0) lineage.push(parent, action);
  };
  space.start();
  reach(space.state, NOBODY, 0);
  let complete = true;
  for (let at = 0; at < store.count && complete; at++) {
    const words = store.words(at, new Uint32Array(0));
    space.enter(words);
    const outcomes: (Outcome | null)[] = [];
    for (let action = 0; action < n; action++) {
      const outcome = outcomeOf(space, action, words);
      outcomes.push(outcome);
      if (outcome?.kind === STEP_MOVED) reach(outcome.words, at, action);
    }
    if (store.count > states) complete = false;
    for (let a = 0; a < n; a++) {
      for (let b = a + 1; b < n; b++) {
        const [first, second] = [outcomes[a], outcomes[b]];
        if (!first || !second || !wanted(a, b)) continue;
        both[a * n + b]!++;
        if (differs.has(a * n + b)) continue;
        const what = compare(space, a, b, [first, second]);
        if (what !== null) differs.set(a * n + b, { path: lineage.path(at), what });
      }
    }
  }
  const pairs: PairTally[] = [];
  both.forEach((count, i) => {
    if (count > 0) pairs.push({ a: Math.floor(i / n), b: i % n, states: count, differs: differs.get(i) ?? null });
  });
  return { states: store.count, complete, pairs };
}
