// SPDX-License-Identifier: MIT
/**
 * The compact store: of a state that has been expanded only 64 bits of hash are left. Two states with equal hashes are taken for one, so
 * that a search may leave states out: `omissionProbability` says how likely that is. States that are still to be expanded are kept whole.
 */

import { assert, hashWords } from "../../base/index.ts";
import { Arena } from "./arena.ts";
import { Delta } from "./delta.ts";
import { secondHash } from "./hash64.ts";
import { moreSlots, roomFor, type StateStore } from "./store.ts";

const FIRST_CAPACITY = 1 << 6;

/** Columns of `ahead`: where the words of a state lie that is not expanded yet. */
const CHUNK = 0;
const START = 1;
const PAIRS = 2;
const LENGTH = 3;
const COLUMNS = 4;

/**
 * How likely it is that a search which found `states` states missed any, at most: the chance that any two of them, out of
 * `states` and one more, agree in 64 bits (the birthday bound).
 */
export function omissionProbability(states: number): number {
  return Math.min(1, (states * (states + 1)) / 2 / 2 ** 64);
}

export class HashStore implements StateStore {
  count = 0;
  private readonly delta = new Delta();
  private readonly arena = new Arena();
  /** Two words a state. */
  private hashes: Uint32Array = new Uint32Array(FIRST_CAPACITY * 2);
  private ahead: Uint32Array = new Uint32Array(FIRST_CAPACITY * COLUMNS);
  /** The state that the first row of `ahead` is of. */
  private firstAhead = 0;
  private firstKept = 0;
  /** State number + 1, 0 where free; a power of two long, at most half full. */
  private slots: Uint32Array = new Uint32Array(FIRST_CAPACITY * 2);

  get bytes(): number {
    return this.arena.bytes + this.hashes.byteLength + this.ahead.byteLength + this.slots.byteLength + this.delta.bytes;
  }

  encode(words: Uint32Array, near?: Uint32Array, touched?: Uint8Array): Uint32Array {
    return this.delta.encode(words, near, touched);
  }

  hash(encoding: Uint32Array, length: number): number {
    return hashWords(encoding, length);
  }

  add(encoding: Uint32Array, length: number, hash: number): number {
    const second = secondHash(encoding, length);
    const slot = this.find(hash, second);
    if (this.slots[slot] !== 0) return ~(this.slots[slot]! - 1);
    this.arena.keep(encoding);
    const row = (this.count - this.firstAhead) * COLUMNS;
    this.ahead = roomFor(this.ahead, row + COLUMNS);
    this.ahead[row + CHUNK] = this.arena.chunk;
    this.ahead[row + START] = this.arena.start;
    this.ahead[row + PAIRS] = encoding.length;
    this.ahead[row + LENGTH] = length;
    return this.put(slot, hash, second);
  }

  /** Adds a state of which only the hash is known, because it was expanded before. All such come first. */
  addExpanded(hash: number, second: number): number {
    assert(this.firstAhead === this.count, "compact store: expanded states come first");
    const slot = this.find(hash, second);
    assert(this.slots[slot] === 0, "compact store: a hash is given twice");
    this.firstAhead++;
    this.firstKept++;
    return this.put(slot, hash, second);
  }

  /** The two words of a state's hash. */
  hashOf(id: number): readonly [number, number] {
    return [this.hashes[id * 2]!, this.hashes[id * 2 + 1]!];
  }

  words(id: number, into: Uint32Array): Uint32Array {
    return this.delta.decode(this.encoding(id), this.length(id), into);
  }

  length(id: number): number {
    return this.ahead[this.row(id) + LENGTH]!;
  }

  encoding(id: number): Uint32Array {
    const row = this.row(id);
    return this.arena.at(this.ahead[row + CHUNK]!, this.ahead[row + START]!, this.ahead[row + PAIRS]!);
  }

  expanded(id: number): void {
    if (id < this.count) this.arena.drop(this.ahead[this.row(id) + CHUNK]!);
    this.firstKept = id;
    // Rows are moved down once half of them are of no use.
    if (this.firstKept - this.firstAhead <= this.count - this.firstKept) return;
    this.ahead.copyWithin(0, this.row(id), (this.count - this.firstAhead) * COLUMNS);
    this.firstAhead = id;
  }

  private row(id: number): number {
    assert(id >= this.firstKept, "compact store: the words of an expanded state are gone");
    return (id - this.firstAhead) * COLUMNS;
  }

  /** The slot that holds a hash, or the free one where it belongs. */
  private find(hash: number, second: number): number {
    const { hashes, slots } = this;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let held = slots[slot]!; held !== 0; held = slots[slot]!) {
      const at = (held - 1) * 2;
      if (hashes[at] === hash && hashes[at + 1] === second) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private put(slot: number, hash: number, second: number): number {
    const id = this.count++;
    assert(id < 0x7fff_ffff, "state store: too many states");
    this.hashes = roomFor(this.hashes, id * 2 + 2);
    this.hashes[id * 2] = hash;
    this.hashes[id * 2 + 1] = second;
    this.slots[slot] = id + 1;
    if (this.count * 2 > this.slots.length) this.slots = moreSlots(this.slots, this.count, (at) => this.hashes[at * 2]!);
    return id;
  }
}
