// SPDX-License-Identifier: MIT
/**
 * The states that a search has seen, numbered from 0 in the order of discovery. Most words of a state are as in the first one (page
 * tables, memory that nobody uses), so that a state is kept as what differs from it: pairs of place and word in an arena, found
 * through an open hash table, compared in full. With each goes how it was reached, so that a trace can be read back. No object
 * per state: all is typed arrays that double.
 */

import { assert, equalWords, hashWords } from "../base/index.ts";

/** Words of the first arena chunk and of the longest; each is twice the one before. A longer state gets a chunk of its own. */
const FIRST_CHUNK_WORDS = 1 << 12;
const CHUNK_WORDS = 1 << 18;
const FIRST_CAPACITY = 1 << 6;

/** No predecessor, no action: the first state. */
export const NONE = 0xffff_ffff;

/** Columns of `rows`. */
const HASH = 0;
const PARENT = 1;
const ACTION = 2;
const CHUNK = 3;
const START = 4;
/** Words of its pairs in the arena, and of the state itself. */
const PAIRS = 5;
const LENGTH = 6;
const COLUMNS = 7;

export class StateStore {
  private readonly chunks: Uint32Array[] = [];
  private used = 0;
  private rows: Uint32Array = new Uint32Array(FIRST_CAPACITY * COLUMNS);
  /** State number + 1, 0 where free; a power of two long, at most half full. */
  private slots: Uint32Array = new Uint32Array(FIRST_CAPACITY * 2);
  /** The first state. */
  private base: Uint32Array = new Uint32Array(0);
  /** Pairs of the state that is looked for. */
  private pairs: Uint32Array = new Uint32Array(0);
  /** States held. */
  count = 0;

  /** Bytes held for states and tables. */
  get bytes(): number {
    return this.chunks.reduce((sum, c) => sum + c.byteLength, 0) + this.rows.byteLength + this.slots.byteLength;
  }

  /** The words of state `id`: a copy. @param into is used for it where it has the right length */
  words(id: number, into?: Uint32Array): Uint32Array {
    const row = id * COLUMNS;
    const length = this.rows[row + LENGTH]!;
    const words = into !== undefined && into.length === length ? into : new Uint32Array(length);
    words.set(length < this.base.length ? this.base.subarray(0, length) : this.base);
    const chunk = this.chunks[this.rows[row + CHUNK]!]!;
    const start = this.rows[row + START]!;
    const end = start + this.rows[row + PAIRS]!;
    for (let i = start; i < end; i += 2) words[chunk[i]!] = chunk[i + 1]!;
    return words;
  }

  /** Adds a state unless it is there. @returns its number where it is new, -1 where it was known */
  add(words: Uint32Array, parent: number, action: number): number {
    if (this.count === 0) this.base = words.slice();
    const pairs = this.pairsOf(words);
    const hash = hashWords(pairs, words.length);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (let held = this.slots[slot]!; held !== 0; held = this.slots[slot]!) {
      const row = (held - 1) * COLUMNS;
      if (this.rows[row + HASH] === hash && this.rows[row + LENGTH] === words.length && equalWords(this.kept(row), pairs)) return -1;
      slot = (slot + 1) & mask;
    }
    const id = this.count++;
    assert(id < NONE, "state store: too many states");
    if ((id + 1) * COLUMNS > this.rows.length) {
      const rows = new Uint32Array(this.rows.length * 2);
      rows.set(this.rows);
      this.rows = rows;
    }
    const row = id * COLUMNS;
    this.rows[row + HASH] = hash;
    this.rows[row + PARENT] = parent;
    this.rows[row + ACTION] = action;
    this.rows[row + LENGTH] = words.length;
    this.keep(row, pairs);
    this.slots[slot] = id + 1;
    if (this.count * 2 > this.slots.length) this.rehash();
    return id;
  }

  /** The action that led to `id` first. */
  action(id: number): number {
    return this.rows[id * COLUMNS + ACTION]!;
  }

  /** The actions from the first state to `id`. */
  path(id: number): number[] {
    const path: number[] = [];
    for (let row = id * COLUMNS; this.rows[row + PARENT] !== NONE; row = this.rows[row + PARENT]! * COLUMNS) path.push(this.rows[row + ACTION]!);
    return path.reverse();
  }

  /** What differs from the first state, and all words behind its end: a view that the next call writes again. */
  private pairsOf(words: Uint32Array): Uint32Array {
    if (this.pairs.length < words.length * 2) this.pairs = new Uint32Array(words.length * 2);
    const { base, pairs } = this;
    const common = Math.min(base.length, words.length);
    let n = 0;
    let i = 0;
    while (i < common) {
      // Long runs are equal: eight words at a time until one differs.
      while (
        i + 8 <= common &&
        ((words[i]! ^ base[i]!) |
          (words[i + 1]! ^ base[i + 1]!) |
          (words[i + 2]! ^ base[i + 2]!) |
          (words[i + 3]! ^ base[i + 3]!) |
          (words[i + 4]! ^ base[i + 4]!) |
          (words[i + 5]! ^ base[i + 5]!) |
          (words[i + 6]! ^ base[i + 6]!) |
          (words[i + 7]! ^ base[i + 7]!)) ===
          0
      )
        i += 8;
      for (const end = Math.min(i + 8, common); i < end; i++) {
        if (words[i] === base[i]) continue;
        pairs[n++] = i;
        pairs[n++] = words[i]!;
      }
    }
    for (; i < words.length; i++) {
      pairs[n++] = i;
      pairs[n++] = words[i]!;
    }
    return pairs.subarray(0, n);
  }

  /** The pairs of a state: a view. */
  private kept(row: number): Uint32Array {
    const start = this.rows[row + START]!;
    return this.chunks[this.rows[row + CHUNK]!]!.subarray(start, start + this.rows[row + PAIRS]!);
  }

  private keep(row: number, pairs: Uint32Array): void {
    const last = this.chunks[this.chunks.length - 1];
    if (last === undefined || this.used + pairs.length > last.length) {
      this.chunks.push(new Uint32Array(Math.max(Math.min(CHUNK_WORDS, FIRST_CHUNK_WORDS << Math.min(this.chunks.length, 8)), pairs.length)));
      this.used = 0;
    }
    const chunk = this.chunks.length - 1;
    this.chunks[chunk]!.set(pairs, this.used);
    this.rows[row + CHUNK] = chunk;
    this.rows[row + START] = this.used;
    this.rows[row + PAIRS] = pairs.length;
    this.used += pairs.length;
  }

  private rehash(): void {
    const slots = new Uint32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let id = 0; id < this.count; id++) {
      let slot = this.rows[id * COLUMNS + HASH]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.slots = slots;
  }
}
