// SPDX-License-Identifier: MIT
/**
 * States of at most 31 bits, for a search by one thread without sleep sets: nobody asks for the number of a state that is known, so the table
 * holds nothing but the states themselves, and more of it is near the processor.
 */

import { assert } from "../../base/index.ts";
import { Packing } from "./packing.ts";
import { roomFor, type StateStore } from "./store.ts";

const FIRST_STATES = 1 << 10;
const FAST_GROWTH = 1 << 19;
/** Marks a slot that is taken. */
const TAKEN = 0x8000_0000;

/** What `add` says of a state that is known: that it is, and no number. */
const KNOWN = -1;

/** True where a state of these words fits. */
export function fitsWordStore(bits: readonly number[]): boolean {
  return bits.reduce((sum, b) => sum + b, 0) < 32;
}

export class WordStore implements StateStore {
  count = 0;
  private readonly stateWords: number;
  private readonly packing: Packing;
  private states: Uint32Array = new Uint32Array(FIRST_STATES);
  /** A power of two long, at most 5/8 full. */
  private slots: Uint32Array = new Uint32Array(FIRST_STATES * 4);

  /** @param bits by word of a state the bits that it takes, fewer than 32 in all */
  constructor(bits: readonly number[]) {
    assert(fitsWordStore(bits), "state store: states have more than 31 bits");
    this.stateWords = bits.length;
    this.packing = new Packing(bits);
  }

  get bytes(): number {
    return this.states.byteLength + this.slots.byteLength;
  }

  encode(words: Uint32Array): Uint32Array {
    return this.stateWords === 1 ? words : this.packing.pack(words);
  }

  hash(encoding: Uint32Array): number {
    return hashOf(encoding[0]!);
  }

  /** @returns its number where it is new, `-1` where it was known */
  add(encoding: Uint32Array, _length: number, hash: number): number {
    const { slots } = this;
    const mask = slots.length - 1;
    const entry = (encoding[0]! | TAKEN) >>> 0;
    let slot = hash & mask;
    for (let held = slots[slot]!; held !== 0; held = slots[slot]!) {
      if (held === entry) return KNOWN;
      slot = (slot + 1) & mask;
    }
    const id = this.count++;
    this.states = roomFor(this.states, id + 1);
    this.states[id] = encoding[0]!;
    slots[slot] = entry;
    if (this.count * 8 > slots.length * 5) this.rehash();
    return id;
  }

  words(id: number, into: Uint32Array): Uint32Array {
    const words = into.length === this.stateWords ? into : new Uint32Array(this.stateWords);
    this.packing.unpack(this.states, id, words);
    return words;
  }

  length(): number {
    return this.stateWords;
  }

  encoding(id: number): Uint32Array {
    return this.states.subarray(id, id + 1);
  }

  private rehash(): void {
    // Small tables grow faster: moving all states costs as much as finding them.
    const slots = new Uint32Array(this.slots.length * (this.slots.length < FAST_GROWTH ? 4 : 2));
    const mask = slots.length - 1;
    for (let id = 0; id < this.count; id++) {
      const state = this.states[id]!;
      let slot = hashOf(state) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = (state | TAKEN) >>> 0;
    }
    this.slots = slots;
  }
}

/** MurmurHash3's finaliser. */
function hashOf(word: number): number {
  let h = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
