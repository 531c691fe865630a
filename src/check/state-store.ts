// SPDX-License-Identifier: MIT
/**
 * The states that a search has seen: words in an arena, found through an open hash table, compared in full, numbered
 * from 0 in the order of discovery. With each goes how it was reached, so that a trace can be read back. No object
 * per state: all is typed arrays that double.
 */

import { assert, hashWords } from "../base/index.ts";

/** Words of an arena chunk; a longer state gets a chunk of its own. */
const CHUNK_WORDS = 1 << 18;
const FIRST_CAPACITY = 1 << 10;

/** No predecessor, no action: the first state. */
export const NONE = 0xffff_ffff;

/** Columns of `rows`. */
const HASH = 0;
const PARENT = 1;
const ACTION = 2;
const CHUNK = 3;
const START = 4;
const LENGTH = 5;
const COLUMNS = 6;

export class StateStore {
  private readonly chunks: Uint32Array[] = [];
  private used = 0;
  private rows: Uint32Array = new Uint32Array(FIRST_CAPACITY * COLUMNS);
  /** State number + 1, 0 where free; a power of two long, at most half full. */
  private slots: Uint32Array = new Uint32Array(FIRST_CAPACITY * 2);
  /** States held. */
  count = 0;

  /** Bytes held for states and tables. */
  get bytes(): number {
    return this.chunks.reduce((sum, c) => sum + c.byteLength, 0) + this.rows.byteLength + this.slots.byteLength;
  }

  /** The words of state `id`: a view that must not be written. */
  words(id: number): Uint32Array {
    const row = id * COLUMNS;
    const start = this.rows[row + START]!;
    return this.chunks[this.rows[row + CHUNK]!]!.subarray(start, start + this.rows[row + LENGTH]!);
  }

  /** Adds a state unless it is there. @returns its number where it is new, -1 where it was known */
  add(words: Uint32Array, parent: number, action: number): number {
    const hash = hashWords(words);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (let held = this.slots[slot]!; held !== 0; held = this.slots[slot]!) {
      const row = (held - 1) * COLUMNS;
      if (this.rows[row + HASH] === hash && this.holds(row, words)) return -1;
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
    this.keep(row, words);
    this.slots[slot] = id + 1;
    if (this.count * 2 > this.slots.length) this.rehash();
    return id;
  }

  /** The actions from the first state to `id`. */
  path(id: number): number[] {
    const path: number[] = [];
    for (let row = id * COLUMNS; this.rows[row + PARENT] !== NONE; row = this.rows[row + PARENT]! * COLUMNS) path.push(this.rows[row + ACTION]!);
    return path.reverse();
  }

  private holds(row: number, words: Uint32Array): boolean {
    const length = this.rows[row + LENGTH]!;
    if (length !== words.length) return false;
    const chunk = this.chunks[this.rows[row + CHUNK]!]!;
    const start = this.rows[row + START]!;
    for (let i = 0; i < length; i++) if (chunk[start + i] !== words[i]) return false;
    return true;
  }

  private keep(row: number, words: Uint32Array): void {
    const last = this.chunks[this.chunks.length - 1];
    if (last === undefined || this.used + words.length > last.length) {
      this.chunks.push(new Uint32Array(Math.max(CHUNK_WORDS, words.length)));
      this.used = 0;
    }
    const chunk = this.chunks.length - 1;
    this.chunks[chunk]!.set(words, this.used);
    this.rows[row + CHUNK] = chunk;
    this.rows[row + START] = this.used;
    this.rows[row + LENGTH] = words.length;
    this.used += words.length;
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
