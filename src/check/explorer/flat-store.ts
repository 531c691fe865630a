// SPDX-License-Identifier: MIT
/** States of a few words, all of one length: kept whole or packed, side by side, found through an open hash table, compared in full. */

import { assert } from "../../base/index.ts";
import { Packing } from "./packing.ts";
import { roomFor, type StateStore } from "./store.ts";

const FIRST_STATES = 1 << 10;
/** Words of states that are made room for at first. */
const FIRST_WORDS = 1 << 16;
const FAST_GROWTH = 1 << 20;

export class FlatStore implements StateStore {
  count = 0;
  /** Words of a state, and of a row. */
  private readonly stateWords: number;
  private readonly width: number;
  private readonly packing: Packing | null;
  private rows: Uint32Array;
  /**
   * Two words a slot: state number + 1, 0 where free, and the state's first word, so that most states are told apart where they are
   * found. A power of two long, at most 5/8 full.
   */
  private slots: Uint32Array = new Uint32Array(FIRST_STATES * 4);

  /** @param stateWords words of a state  @param bits by word the bits that it takes; whole words where it is left out */
  constructor(stateWords: number, bits?: readonly number[]) {
    assert(bits === undefined || bits.length === stateWords, "state store: `wordBits` has another length than a state");
    this.stateWords = stateWords;
    this.packing = bits === undefined ? null : new Packing(bits);
    this.width = this.packing?.width ?? stateWords;
    this.rows = new Uint32Array(Math.min(FIRST_STATES * this.width, FIRST_WORDS));
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
    const { slots } = this;
    const mask = slots.length - 1;
    // A state may have no words.
    const first = encoding[0]! >>> 0;
    let slot = (hash << 1) & mask;
    for (let held = slots[slot]!; held !== 0; held = slots[slot]!) {
      if (slots[slot + 1] === first && this.hasRest(held - 1, encoding)) return ~(held - 1);
      slot = (slot + 2) & mask;
    }
    return this.put(slot, encoding);
  }

  private hasRest(id: number, encoding: Uint32Array): boolean {
    const { width, rows } = this;
    const start = id * width;
    for (let i = 1; i < width; i++) if (rows[start + i] !== encoding[i]) return false;
    return true;
  }

  private put(slot: number, encoding: Uint32Array): number {
    const { width } = this;
    const id = this.count++;
    assert(id < 0x7fff_ffff, "state store: too many states");
    let at = id * width;
    this.rows = roomFor(this.rows, at + width);
    for (let i = 0; i < width; i++) this.rows[at++] = encoding[i]!;
    this.slots[slot] = id + 1;
    this.slots[slot + 1] = encoding[0]!;
    if (this.count * 16 > this.slots.length * 5) this.rehash();
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
    const { rows, width } = this;
    // Small tables grow faster: moving all states costs as much as finding them.
    const slots = new Uint32Array(this.slots.length * (this.slots.length < FAST_GROWTH ? 4 : 2));
    const mask = slots.length - 1;
    for (let id = 0; id < this.count; id++) {
      let slot = (this.hashAt(rows, id * width) << 1) & mask;
      while (slots[slot] !== 0) slot = (slot + 2) & mask;
      slots[slot] = id + 1;
      slots[slot + 1] = rows[id * width]!;
    }
    this.slots = slots;
  }
}
