// SPDX-License-Identifier: MIT
/** States of any length, kept as what differs from the first one (`delta.ts`), found through an open hash table, compared in full. */

import { assert, hashWords } from "../../base/index.ts";
import { Arena } from "./arena.ts";
import { Delta } from "./delta.ts";
import { moreSlots, roomFor, type StateStore } from "./store.ts";

const FIRST_CAPACITY = 1 << 6;

/** Columns of `rows`. */
const HASH = 0;
const CHUNK = 1;
const START = 2;
/** Words of its pairs in the arena, and of the state itself. */
const PAIRS = 3;
const LENGTH = 4;
const COLUMNS = 5;

export class DeltaStore implements StateStore {
  count = 0;
  private readonly delta = new Delta();
  private readonly arena = new Arena();
  private rows: Uint32Array = new Uint32Array(FIRST_CAPACITY * COLUMNS);
  /** State number + 1, 0 where free; a power of two long, at most half full. */
  private slots: Uint32Array = new Uint32Array(FIRST_CAPACITY * 2);

  get bytes(): number {
    return this.arena.bytes + this.rows.byteLength + this.slots.byteLength + this.delta.bytes;
  }

  encode(words: Uint32Array, near?: Uint32Array, touched?: Uint8Array): Uint32Array {
    return this.delta.encode(words, near, touched);
  }

  hash(encoding: Uint32Array, length: number): number {
    return hashWords(encoding, length);
  }

  add(encoding: Uint32Array, length: number, hash: number): number {
    const { rows, slots } = this;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let held = slots[slot]!; held !== 0; held = slots[slot]!) {
      const row = (held - 1) * COLUMNS;
      if (rows[row + HASH] === hash && rows[row + LENGTH] === length && this.isKept(row, encoding)) return ~(held - 1);
      slot = (slot + 1) & mask;
    }
    const id = this.count++;
    assert(id < 0x7fff_ffff, "state store: too many states");
    const row = id * COLUMNS;
    this.rows = roomFor(rows, row + COLUMNS);
    this.arena.keep(encoding);
    this.rows[row + HASH] = hash;
    this.rows[row + CHUNK] = this.arena.chunk;
    this.rows[row + START] = this.arena.start;
    this.rows[row + PAIRS] = encoding.length;
    this.rows[row + LENGTH] = length;
    slots[slot] = id + 1;
    if (this.count * 2 > slots.length) this.slots = moreSlots(slots, this.count, (at) => this.rows[at * COLUMNS + HASH]!);
    return id;
  }

  words(id: number, into: Uint32Array): Uint32Array {
    return this.delta.decode(this.encoding(id), this.length(id), into);
  }

  length(id: number): number {
    return this.rows[id * COLUMNS + LENGTH]!;
  }

  encoding(id: number): Uint32Array {
    const row = id * COLUMNS;
    return this.arena.at(this.rows[row + CHUNK]!, this.rows[row + START]!, this.rows[row + PAIRS]!);
  }

  private isKept(row: number, encoding: Uint32Array): boolean {
    if (this.rows[row + PAIRS] !== encoding.length) return false;
    return this.arena.holds(this.rows[row + CHUNK]!, this.rows[row + START]!, encoding);
  }
}
