// SPDX-License-Identifier: MIT
/** The states that a search has seen, numbered from 0 in the order of arrival. */

/**
 * A set of states. A state is looked for and kept as its *encoding*: words that are equal exactly where the states are (of states of one
 * length). Encodings travel between threads: two stores whose first state is the same encode alike.
 */
export interface StateStore {
  /** States held. */
  readonly count: number;
  /** Bytes held for states and tables. */
  readonly bytes: number;
  /**
   * The encoding of a state: a view that the next call writes again.
   * @param near the encoding of another state of this store, from which this one differs in the blocks of `touched` that are set, and
   * in no others (`Space.touched`); it saves looking at all words
   */
  encode(words: Uint32Array, near?: Uint32Array, touched?: Uint8Array): Uint32Array;
  /** A 32-bit hash of an encoding. @param length words of the state */
  hash(encoding: Uint32Array, length: number): number;
  /** Adds a state unless it is there. @returns its number where it is new, the complement (`~`) of its number where it was known */
  add(encoding: Uint32Array, length: number, hash: number): number;
  /** The words of state `id`: a copy. @param into is used for it where it has the right length */
  words(id: number, into: Uint32Array): Uint32Array;
  /** What it takes to add state `id` to another store: its length and its encoding, a view. */
  length(id: number): number;
  encoding(id: number): Uint32Array;
  /** Says that the states below `id` will not be asked for any more, to a store that may forget their words: others compare new states with them. */
  expanded?(id: number): void;
}

/** The longest that an array of `length` has to become to hold `needed`: it doubles. */
export function grown(length: number, needed: number): number {
  let next = Math.max(length, 16);
  while (next < needed) next *= 2;
  return next;
}

/**
 * A table twice as long that finds the same states: state number + 1 in each slot, 0 where free.
 * @param count states @param hashOf by state
 */
export function moreSlots(slots: Uint32Array, count: number, hashOf: (id: number) => number): Uint32Array {
  const more = new Uint32Array(slots.length * 2);
  const mask = more.length - 1;
  for (let id = 0; id < count; id++) {
    let slot = hashOf(id) & mask;
    while (more[slot] !== 0) slot = (slot + 1) & mask;
    more[slot] = id + 1;
  }
  return more;
}

/** `array`, or a copy of it that has room for `needed` elements. */
export function roomFor<A extends Uint32Array | Uint16Array>(array: A, needed: number): A {
  if (needed <= array.length) return array;
  const larger = new (array.constructor as new (length: number) => A)(grown(array.length, needed));
  larger.set(array);
  return larger;
}
