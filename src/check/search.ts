// SPDX-License-Identifier: MIT
/**
 * Breadth-first search over a space of flat states: every action in every state, each state once, so that what is
 * found first is reached by a shortest path. It goes on after violations and stops at the fixpoint or at a bound.
 */

import { type Space, STEP_MOVED } from "./explorer/space.ts";
import { NONE, StateStore } from "./state-store.ts";

export interface Bounds {
  /** States to stay within: the search ends with the state that is one too many. */
  readonly states: number;
  /** Operations of a trace at most. */
  readonly depth: number;
}

/** A violation, by the shortest way to it: the actions from the first state. */
export interface Found {
  readonly key: number;
  readonly path: readonly number[];
}

export interface SearchResult {
  readonly states: number;
  readonly transitions: number;
  /** Actions to the farthest state. */
  readonly depth: number;
  /** False where a bound ended the search before the fixpoint. */
  readonly complete: boolean;
  /** First occurrence of each key, shortest first; equally short ones in the order of discovery. */
  readonly found: readonly Found[];
}

/**
 * Bytes that the states of one search may take. A search that needs more ends as bounded, so that `check` stays
 * below 1 GB whatever the workload.
 */
export const MEMORY_BYTES: number = 640 * 2 ** 20;

/** Called now and then with the numbers so far. */
export type Progress = (states: number, transitions: number, depth: number) => void;

const LOOK_EVERY = 1024;

/** Searches `space` within `bounds`. The result is the same on every run. */
export function search(space: Space, bounds: Bounds, progress?: Progress, memoryBytes: number = MEMORY_BYTES): SearchResult {
  const store = new StateStore();
  const keys = new Set<number>();
  const found: Found[] = [];
  const note = (path: () => number[]): void => {
    for (const key of space.violations) {
      if (keys.has(key)) continue;
      keys.add(key);
      found.push({ key, path: path() });
    }
  };
  let entered: Uint32Array = new Uint32Array(0);
  const enter = (at: number): void => {
    entered = store.words(at, entered);
    space.enter(entered);
    if (at === 0) return;
    space.judge(store.action(at));
    if (space.violations.length > 0) note(() => store.path(at));
  };

  let transitions = 0;
  let depth = 0;
  let complete = true;
  /** Number of the first state of the next level. */
  let levelEnd = 1;
  space.start();
  store.add(space.state, NONE, NONE);

  let at = 0;
  for (; at < store.count; at++) {
    if (at === levelEnd) {
      depth++;
      levelEnd = store.count;
    }
    if (depth >= bounds.depth) {
      complete = false;
      break;
    }
    if (at % LOOK_EVERY === 0) {
      progress?.(store.count, transitions, depth);
      if (store.bytes > memoryBytes) complete = false;
    }
    if (!complete) break;
    enter(at);
    for (let action = 0; action < space.actions; action++) {
      if (!space.enabled(action)) continue;
      const kind = space.step(action);
      transitions++;
      if (space.violations.length > 0) note(() => [...store.path(at), action]);
      if (kind !== STEP_MOVED) continue;
      if (store.add(space.state, at, action) >= 0 && store.count > bounds.states) complete = false;
    }
  }
  for (; at < store.count; at++) enter(at);
  found.sort((a, b) => a.path.length - b.path.length);
  return { states: store.count, transitions, depth, complete, found };
}
