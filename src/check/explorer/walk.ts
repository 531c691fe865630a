// SPDX-License-Identifier: MIT
/**
 * Random walks, for spaces too large to search. A walk takes one enabled action after the other; what it meets is judged as in a
 * search. Nothing that it does not find is excluded.
 *
 * Walks take turns in how they choose. Even ones pick any enabled action, all equally likely. Odd ones go by priorities, in the manner of
 * Burckhardt, Kothari, Musuvathi and Nagarakatte, "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs" (2010): actions are
 * in a random order, and the first enabled one is taken; at a few random steps it goes to the end instead. Since actions undo each
 * other, one that led back to where the walk has been goes to the end too. So these walks come to where uniform ones seldom do: far
 * from the first state.
 */

import { Rng } from "../../base/index.ts";
import { type Hash64, hash64, Seen } from "./seen.ts";
import { type Space, STEP_MOVED } from "./space.ts";

export interface WalkPlan {
  readonly walks: number;
  /** Actions of a walk at most that lead to another state. */
  readonly depth: number;
  /** Whole number from 0, below 2^53. The same plan on the same space gives the same walks. */
  readonly seed: number;
  /** Asked now and then: true ends the walks. */
  readonly stop?: () => boolean;
  /** Called now and then with the numbers so far. */
  readonly progress?: (walks: number, steps: number, states: number) => void;
}

/** A violation, by the first walk that met it: the actions from the first state, less detours. It is no shortest path. */
export interface WalkFound {
  readonly key: number;
  readonly path: readonly number[];
  /** Counts from 0. */
  readonly walk: number;
}

export interface WalkResult {
  /** Walks that went as far as they could. */
  readonly walks: number;
  /** Actions that were taken, in all walks; those that led nowhere too. */
  readonly steps: number;
  /** Different states, by 64 bits of hash: see `Seen`. */
  readonly states: number;
  /** Actions to the farthest state, less detours. */
  readonly depth: number;
  /** True where `stop` ended the walks. */
  readonly stopped: boolean;
  /** First occurrence of each key, in the order of discovery. */
  readonly found: readonly WalkFound[];
}

/** Random steps of a walk by priorities at which the first enabled action goes to the end. */
const CHANGES = 3;
/** Steps from one look at `stop` and `progress` to the next. */
const LOOK_EVERY = 256;

/** How a walk chooses among actions. */
interface Chooser {
  /** @param open actions to choose from, at least one, in ascending order @param step actions of the walk that led to another state */
  choose(open: readonly number[], step: number): number;
  /** Told of an action that led back to where the walk has been. */
  ledBack(action: number): void;
}

function uniform(rng: Rng): Chooser {
  return { choose: (open) => open[rng.below(open.length)]!, ledBack: () => undefined };
}

function byPriority(rng: Rng, actions: number, depth: number): Chooser {
  const order = rng.order(actions);
  const changes = new Set(Array.from({ length: CHANGES }, () => rng.below(depth)));
  const toEnd = (action: number): void => void order.push(...order.splice(order.indexOf(action), 1));
  const first = (open: readonly number[]): number => order.find((a) => open.includes(a))!;
  return {
    choose(open, step) {
      if (changes.delete(step)) toEnd(first(open));
      return first(open);
    },
    ledBack: toEnd,
  };
}

class Walker {
  readonly seen = new Seen();
  readonly found: WalkFound[] = [];
  steps = 0;
  depth = 0;
  private readonly keys = new Set<number>();
  private readonly space: Space;
  private readonly start: Uint32Array;
  private readonly startHash: Hash64;
  private here: Uint32Array;

  constructor(space: Space) {
    this.space = space;
    space.start();
    this.start = space.state.slice();
    this.here = this.start.slice();
    this.startHash = hash64(this.start);
    this.seen.add(this.startHash);
  }

  private note(walk: number, path: readonly number[]): void {
    for (const key of this.space.violations) {
      if (this.keys.has(key)) continue;
      this.keys.add(key);
      this.found.push({ key, path: path.slice(), walk });
    }
  }

  private enter(words: Uint32Array): void {
    if (this.here.length === words.length) this.here.set(words);
    else this.here = words.slice();
    this.space.enter(this.here);
  }

  /** Goes one walk. @param look asked for each step: false ends it @returns false where it was ended so */
  walk(number: number, depth: number, chooser: Chooser, look: () => boolean): boolean {
    const { space } = this;
    /** The way here without the detours that led back to a state of it, and those states. */
    const path: number[] = [];
    const states = [short(this.startHash)];
    this.enter(this.start);
    /** Tried in the state entered, without getting anywhere: they would do the same again. */
    let tried = new Set<number>();
    for (let moves = 0; moves < depth; ) {
      if (!look()) return false;
      const open: number[] = [];
      for (let a = 0; a < space.actions; a++) if (!tried.has(a) && space.enabled(a)) open.push(a);
      if (open.length === 0) break;
      const action = chooser.choose(open, moves);
      const kind = space.step(action);
      this.steps++;
      if (space.violations.length > 0) this.note(number, [...path, action]);
      if (kind !== STEP_MOVED) {
        tried.add(action);
        continue;
      }
      moves++;
      tried = new Set();
      const hash = hash64(space.state);
      const isNew = this.seen.add(hash);
      this.enter(space.state);
      const back = states.indexOf(short(hash));
      if (back >= 0) {
        path.length = back;
        states.length = back + 1;
        chooser.ledBack(action);
        continue;
      }
      path.push(action);
      states.push(short(hash));
      this.depth = Math.max(this.depth, path.length);
      if (!isNew) continue;
      space.judge(action);
      if (space.violations.length > 0) this.note(number, path);
    }
    return true;
  }
}

/** 53 bits of a hash, enough for one walk. */
function short({ low, high }: Hash64): number {
  return (high % 0x20_0000) * 0x1_0000_0000 + low;
}

/** Walks through `space` at random. */
export function walk(space: Space, plan: WalkPlan): WalkResult {
  const { walks, depth, seed } = plan;
  const walker = new Walker(space);
  let looks = 0;
  let done = 0;
  const look = (): boolean => {
    if (looks++ % LOOK_EVERY !== 0) return true;
    plan.progress?.(done, walker.steps, walker.seen.count);
    return plan.stop?.() !== true;
  };
  let stopped = false;
  while (done < walks && !stopped) {
    const rng = Rng.of(seed, done);
    stopped = !walker.walk(done, depth, done % 2 === 0 ? uniform(rng) : byPriority(rng, space.actions, depth), look);
    if (!stopped) done++;
  }
  return { walks: done, steps: walker.steps, states: walker.seen.count, depth: walker.depth, stopped, found: walker.found };
}
