// SPDX-License-Identifier: MIT
/**
 * Seeded random numbers: xoshiro128** 1.1 of David Blackman and Sebastiano Vigna (https://prng.di.unimi.it/xoshiro128starstar.c),
 * its state filled by a counter that goes through the finaliser of MurmurHash3. The same seed gives the same numbers on every machine.
 * Not for secrets.
 */

import { hiWord, loWord } from "./bits.ts";

const WORDS = 0x1_0000_0000;

const rotl = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** MurmurHash3's 32-bit finaliser. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export class Rng {
  private readonly s: Uint32Array;

  /** @param state four words, not all zero */
  constructor(state: Uint32Array) {
    this.s = state.slice();
  }

  /** A generator of its own for each pair of seed and stream. @param seed whole number from 0, below 2^53 @param stream whole number from 0, below 2^32 */
  static of(seed: number, stream = 0): Rng {
    const base = mix(loWord(seed)) ^ Math.imul(mix(hiWord(seed) + 0x632be5ab), 0x9e3779b1) ^ Math.imul(mix(stream + 0x85157af5), 0x61c88647);
    const state = Uint32Array.from([1, 2, 3, 4], (i) => mix(base + Math.imul(i, 0x9e3779b9)));
    if (state.every((w) => w === 0)) state[0] = 1;
    return new Rng(state);
  }

  /** The next 32 bits, as a number from 0 to 2^32 - 1. */
  next(): number {
    const { s } = this;
    const result = Math.imul(rotl(Math.imul(s[1]!, 5), 7), 9) >>> 0;
    const t = s[1]! << 9;
    s[2] = s[2]! ^ s[0]!;
    s[3] = s[3]! ^ s[1]!;
    s[1] = s[1]! ^ s[2]!;
    s[0] = s[0]! ^ s[3]!;
    s[2] = s[2]! ^ t;
    s[3] = rotl(s[3]!, 11);
    return result;
  }

  /** A whole number from 0 to n - 1, all equally likely. @param n 1 to 2^32 */
  below(n: number): number {
    const fair = WORDS - (WORDS % n);
    let value = this.next();
    while (value >= fair) value = this.next();
    return value % n;
  }

  /** The numbers 0 to n - 1 in a random order, all equally likely (Fisher and Yates). */
  order(n: number): number[] {
    const order = Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
}
