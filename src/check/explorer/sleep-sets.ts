// SPDX-License-Identifier: MIT
/**
 * Sleep sets: actions that need not be taken in a state, because what they lead to is reached by the same actions in another order.
 * They leave every state, its depth and the least of its shortest paths as they are; only transitions become fewer. Why that
 * holds here, where a state is expanded once: docs/decisions/005-partial-order-by-sleep-sets.md. Ref: P. Godefroid, Partial-Order
 * Methods for the Verification of Concurrent Systems (LNCS 1032), 1996, chapter 5.
 */

import { addBit, hasBit, setWords } from "./bit-sets.ts";
import type { Independence } from "./space.ts";
import { roomFor } from "./store.ts";

/** The sleep sets of the level that is expanded and of the next one; states by their number in the store. */
export class SleepSets {
  /** Words of one set. */
  readonly words: number;
  /** What a child of the state at hand sleeps through: `child` fills it. */
  readonly scratch: Uint32Array;
  private readonly independence: Independence;
  /** Of the state at hand: asleep from the start, and taken since. */
  private readonly current: Uint32Array;
  private level: Uint32Array = new Uint32Array(16);
  private levelStart = 0;
  private next: Uint32Array = new Uint32Array(16);
  private nextStart = 0;

  constructor(independence: Independence) {
    this.independence = independence;
    this.words = setWords(independence.length);
    this.current = new Uint32Array(this.words);
    this.scratch = new Uint32Array(this.words);
  }

  /** The next level becomes the one that is expanded. @param count states so far: the next one to come is the first behind the new level */
  advance(count: number): void {
    [this.level, this.next] = [this.next, this.level];
    this.levelStart = this.nextStart;
    this.nextStart = count;
  }

  /** Begins with a state of the level. */
  enter(id: number): void {
    const at = (id - this.levelStart) * this.words;
    for (let w = 0; w < this.words; w++) this.current[w] = this.level[at + w]!;
  }

  /** True where the state at hand need not take the action. */
  asleep(action: number): boolean {
    return hasBit(this.current, action);
  }

  /** Fills `scratch` for what `action` leads to. */
  child(action: number): void {
    const independent = this.independence[action]!;
    for (let w = 0; w < this.words; w++) this.scratch[w] = this.current[w]! & independent[w]!;
  }

  /** Puts `scratch` into the names of an image. @param images by action its image */
  rename(images: readonly number[]): void {
    const { scratch } = this;
    const renamed = new Uint32Array(this.words);
    for (let action = 0; action < images.length; action++) if (hasBit(scratch, action)) addBit(renamed, images[action]!);
    scratch.set(renamed);
  }

  /** Takes note that the state at hand has taken the action. */
  taken(action: number): void {
    addBit(this.current, action);
  }

  /** A state of the next level is reached for the first time, asleep as `from` says. */
  put(id: number, from: Uint32Array, start = 0): void {
    const at = (id - this.nextStart) * this.words;
    this.next = roomFor(this.next, at + this.words);
    for (let w = 0; w < this.words; w++) this.next[at + w] = from[start + w]!;
  }

  /** It is reached once more: it may sleep only through what all ways to it allow. States of earlier levels stay as they are. */
  meet(id: number, from: Uint32Array, start = 0): void {
    if (id < this.nextStart) return;
    const at = (id - this.nextStart) * this.words;
    for (let w = 0; w < this.words; w++) this.next[at + w]! &= from[start + w]!;
  }

  /** The set of a state that is still to be expanded. */
  of(id: number): Uint32Array {
    return id >= this.nextStart ? this.view(this.next, id - this.nextStart) : this.view(this.level, id - this.levelStart);
  }

  /** Takes over the sets of states that are still to be expanded: those below `nextStart` are of the level at hand. */
  load(id: number, set: Uint32Array): void {
    if (id >= this.nextStart) {
      this.put(id, set);
      return;
    }
    const at = (id - this.levelStart) * this.words;
    this.level = roomFor(this.level, at + this.words);
    this.level.set(set, at);
  }

  /** Where the two levels begin. */
  begin(levelStart: number, nextStart: number): void {
    this.levelStart = levelStart;
    this.nextStart = nextStart;
  }

  private view(sets: Uint32Array, index: number): Uint32Array {
    return sets.subarray(index * this.words, (index + 1) * this.words);
  }
}
