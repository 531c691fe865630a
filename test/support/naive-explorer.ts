// SPDX-License-Identifier: MIT
/**
 * An explorer that is right at a glance, for tests of the one that is fast: level by level, every action in every state, states
 * in a map by their words. Paths are compared with each other, so that which one is kept does not hang on the order in which
 * they are found.
 */

import { type Space, STEP_ENDED, STEP_MOVED, STEP_SAME, type StepKind } from "../../src/check/explorer/space.ts";

/** A state, with the least of the shortest paths to it: actions compared as numbers, the first that differs decides. */
export interface NaiveState {
  readonly words: Uint32Array;
  readonly path: readonly number[];
}

export interface NaiveFound {
  readonly key: number;
  readonly path: readonly number[];
}

export interface NaiveResult {
  readonly states: number;
  /** Actions taken, in all states that are less than the bound away. */
  readonly transitions: number;
  /** Actions to the farthest state. */
  readonly depth: number;
  /** True where nothing lies behind the bound. */
  readonly complete: boolean;
  /** By key, the least of the shortest paths; the shortest first, equally long ones by path; of one path what the step violates before what the state does, by key. */
  readonly found: readonly NaiveFound[];
  /** By level, its states in the order of their paths. */
  readonly levels: readonly (readonly NaiveState[])[];
}

/** Which of two paths is less: the shorter one; of equally long ones the one with the lesser action where they first differ. */
export function comparePaths(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return a.length - b.length;
  const at = a.findIndex((action, i) => action !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

export interface Sighting extends NaiveFound {
  readonly ofState: boolean;
}

export function compareSightings(a: Sighting, b: Sighting): number {
  return comparePaths(a.path, b.path) || Number(a.ofState) - Number(b.ofState) || a.key - b.key;
}

/** What one step did. */
export interface Taken {
  readonly action: number;
  readonly kind: StepKind;
  readonly violations: readonly number[];
  /** The state that it leads to: where the step ended there is none, and this is the one that it started in. */
  readonly words: Uint32Array;
}

/** The first state's words. */
export function firstState(space: Space): Uint32Array {
  space.start();
  return space.state.slice();
}

/** Takes every enabled action in a state. */
export function stepsFrom(space: Space, words: Uint32Array): readonly Taken[] {
  const taken: Taken[] = [];
  for (let action = 0; action < space.actions; action++) {
    space.enter(words.slice());
    if (!space.enabled(action)) continue;
    const kind = space.step(action);
    taken.push({ action, kind, violations: [...space.violations], words: kind === STEP_MOVED ? space.state.slice() : words });
  }
  return taken;
}

/** Judges a state that `action` led to. */
export function faultsOf(space: Space, words: Uint32Array, action: number): readonly number[] {
  space.enter(words.slice());
  space.judge(action);
  return [...space.violations];
}

/** Explores `space`, by paths of at most `depth` actions. */
export function exploreNaively(space: Space, depth = Number.POSITIVE_INFINITY): NaiveResult {
  const found = new Map<number, Sighting>();
  const note = (keys: readonly number[], path: readonly number[], ofState: boolean): void => {
    for (const key of keys) {
      const sighting: Sighting = { key, path, ofState };
      const best = found.get(key);
      if (best === undefined || compareSightings(sighting, best) < 0) found.set(key, sighting);
    }
  };
  const first: NaiveState = { words: firstState(space), path: [] };
  const seen = new Set([first.words.join()]);
  const levels: NaiveState[][] = [[first]];
  let transitions = 0;
  let complete = true;
  for (let level = 0; level < levels.length; level++) {
    const next = new Map<string, NaiveState>();
    for (const { words, path } of levels[level]!) {
      if (level > 0) note(faultsOf(space, words, path.at(-1)!), path, true);
      if (level >= depth) {
        complete = false;
        continue;
      }
      for (const step of stepsFrom(space, words)) {
        transitions++;
        const longer = [...path, step.action];
        note(step.violations, longer, false);
        if (step.kind === STEP_ENDED || step.kind === STEP_SAME) continue;
        const id = step.words.join();
        const known = next.get(id);
        if (seen.has(id) || (known !== undefined && comparePaths(known.path, longer) <= 0)) continue;
        next.set(id, { words: step.words, path: longer });
      }
    }
    for (const id of next.keys()) seen.add(id);
    if (next.size > 0) levels.push([...next.values()].sort((a, b) => comparePaths(a.path, b.path)));
  }
  return {
    states: seen.size,
    transitions,
    depth: levels.length - 1,
    complete,
    found: [...found.values()].sort(compareSightings).map(({ key, path }) => ({ key, path })),
    levels,
  };
}

/** What a path runs into: the keys of each of its steps and of each state that it passes, the first state left out; null where an action is not enabled. */
export function replayKeys(space: Space, path: readonly number[]): readonly (readonly number[])[] | null {
  let words = firstState(space);
  const keys: (readonly number[])[] = [];
  for (const action of path) {
    const step = stepsFrom(space, words).find((s) => s.action === action);
    if (step === undefined) return null;
    keys.push(step.kind === STEP_MOVED ? [...step.violations, ...faultsOf(space, step.words, action)] : step.violations);
    ({ words } = step);
  }
  return keys;
}
