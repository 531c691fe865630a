// SPDX-License-Identifier: MIT
/** States of a few words, all of one length: kept whole or packed, side by side, found through an open hash table, compared in full. */

import { assert } from "../../base/index.ts";
import { Packing } from "./packing.ts";
import { roomFor, type StateStore } from "./store.ts";

const FIRST_STATES = 1 << 10;

export class FlatStore implements StateStore {
  count = 0;
  /** Words of a state, and of a row. */
  private readonly stateWords: number;
  private readonly width: number;
  private readonly packing: Packing | null;
  private rows: Uint32Array;
  /** State number + 1, 0 where free; a power of two long, at most half full. */
  private slots: Uint32Array = new Uint32Array(FIRST_STATES * 2);

  /** @param stateWords words of a state  @param bits by word the bits that it takes; whole words where it is left out */
  constructor(stateWords: number, bits?: readonly number[]) {
    assert(bits === undefined || bits.length === stateWords, "state store: `wordBits` has another length than a state");
    this.stateWords = stateWords;
    this.packing = bits === undefined ? null : new Packing(bits);
    this.width = this.packing?.width ?? stateWords;
    this.rows = new Uint32Array(FIRST_STATES * this.width);
  }

  get bytes(): number {
    return this.rows.byteLength + this.slots.byteLength;
  }

  encode(words: Uint32Array): Uint32Array {
    return this.packing === null ? words : this.packing.pack(words);
  }

  hash(encoding: Uint32Array): number {
    return this.hashAt(encoding, 0);
  }

  add(encoding: Uint32Array, _length: number, hash: number): number {
    const { width, slots } = this;
    let { rows } = this;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let held = slots[slot]!; held !== 0; held = slots[slot]!) {
      let at = (held - 1) * width;
      let i = 0;
      while (i < width && rows[at] === encoding[i]) {
        i++;
        at++;
      }
      if (i === width) return ~(held - 1);
      slot = (slot + 1) & mask;
    }
    const id = this.count++;
    assert(id < 0x7fff_ffff, "state store: too many states");
    let at = id * width;
    if (at + width > rows.length) rows = this.rows = roomFor(rows, at + width);
    for (let i = 0; i < width; i++) rows[at++] = encoding[i]!;
    slots[slot] = id + 1;
    if (this.count * 2 > slots.length) this.rehash();
    return id;
  }

  words(id: number, into: Uint32Array): Uint32Array {
    const words = into.length === this.stateWords ? into : new Uint32Array(this.stateWords);
    let at = id * this.width;
    if (this.packing !== null) this.packing.unpack(this.rows, at, words);
    else for (let i = 0; i < words.length; i++) words[i] = this.rows[at++]!;
    return words;
  }

  length(): number {
    return this.stateWords;
  }

  encoding(id: number): Uint32Array {
    return this.rows.subarray(id * this.width, (id + 1) * this.width);
  }

  expanded(): void {
    // Whole states are needed for as long as the search lasts: they are what new ones are compared with.
  }

  /** MurmurHash3's body and finaliser, as `hashWords` of src/base, in place. */
  private hashAt(words: Uint32Array, start: number): number {
    let h = 0;
    for (let i = start, end = start + this.width; i < end; i++) {
      let k = Math.imul(words[i]!, 0xcc9e2d51);
      k = (k << 15) | (k >>> 17);
      h ^= Math.imul(k, 0x1b873593);
      h = (h << 13) | (h >>> 19);
      h = (Math.imul(h, 5) + 0xe6546b64) | 0;
    }
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  }

  private rehash(): void {
    const slots = new Uint32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let id = 0; id < this.count; id++) {
      let slot = this.hashAt(this.rows, id * this.width) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.slots = slots;
  }
}
