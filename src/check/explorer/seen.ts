// SPDX-License-Identifier: MIT
/** Which states were seen, by 64 bits of hash: two different states of n are taken for one with a probability of at most n^2 / 2^65. */

import { hashWords } from "../../base/index.ts";
import { secondHash } from "./hash64.ts";

const FIRST_SIZE = 1024;

export interface Hash64 {
  readonly low: number;
  /** Never 0: that is for what is free. */
  readonly high: number;
}

/** 64 bits of hash (a little less, since `high` is not 0). */
export function hash64(words: Uint32Array): Hash64 {
  return { low: hashWords(words, words.length), high: secondHash(words, words.length) || 1 };
}

export class Seen {
  /** Different hashes so far. */
  count = 0;
  /** Pairs of words, low and high. */
  private table = new Uint32Array(FIRST_SIZE * 2);

  /** True where no state with this hash was added before. */
  add({ low, high }: Hash64): boolean {
    if (!this.put(low, high)) return false;
    this.count++;
    if (this.count * 4 > this.table.length) this.grow();
    return true;
  }

  private put(low: number, high: number): boolean {
    const { table } = this;
    const mask = table.length / 2 - 1;
    for (let slot = low & mask; ; slot = (slot + 1) & mask) {
      const at = slot * 2;
      if (table[at + 1] === 0) {
        table[at] = low;
        table[at + 1] = high;
        return true;
      }
      if (table[at] === low && table[at + 1] === high) return false;
    }
  }

  private grow(): void {
    const old = this.table;
    this.table = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += 2) if (old[at + 1] !== 0) this.put(old[at]!, old[at + 1]!);
  }
}
