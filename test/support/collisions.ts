// SPDX-License-Identifier: MIT
/**
 * Different states with one 32-bit hash (MurmurHash3, as `hashWords`). Its body can be run backwards: for any two values of a word there are two of the next one
 * behind which the hash is the same again. Here the two values of the first word differ in the bit that the rotation brings to the top, where
 * multiplications leave it alone: whatever the seed, the hashes then differ in little, so that a second hash of the same kind is often equal too
 * (J.-P. Aumasson, D. Bernstein, SipHash: a fast short-input PRF, 2012, section 7).
 */

import type { Layout } from "./toy-models/model.ts";

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;
const rotl = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** The odd number that undoes the multiplication by another, modulo 2^32 (Newton). */
function inverse(odd: number): number {
  let x = odd;
  for (let i = 0; i < 5; i++) x = Math.imul(x, 2 - Math.imul(odd, x));
  return x;
}

const scrambled = (word: number): number => Math.imul(rotl(Math.imul(word, C1), 15), C2);
const unscrambled = (k: number): number => Math.imul(rotl(Math.imul(k, inverse(C2)), 17), inverse(C1)) >>> 0;
const absorb = (hash: number, word: number): number => (Math.imul(rotl(hash ^ scrambled(word), 13), 5) + 0xe6546b64) | 0;

/** The bit that the rotation by 13 brings to the top. */
const TO_TOP = 1 << 18;

/** A switch that is not set yet: both words are as in the first state. */
export const UNSET = 2;

/**
 * Switches of two words each. All states in which each is off (0) or on (1) have one hash; the first state, all of them unset, is all zeros.
 * @param asPairs the hash is that of pairs of place and word for what differs from the first state, seeded with the number of words; else
 * of the words, without a seed
 */
export function collidingSwitches(count: number, asPairs: boolean): Layout {
  const switches: (readonly [readonly [number, number], readonly [number, number]])[] = [];
  let hash = asPairs ? count * 2 : 0;
  for (let i = 0; i < count; i++) {
    if (asPairs) hash = absorb(hash, i * 2);
    const off = 0x1000 + i * 77;
    const on = unscrambled(scrambled(off) ^ TO_TOP);
    let [behindOff, behindOn] = [absorb(hash, off), absorb(hash, on)];
    if (asPairs) [behindOff, behindOn] = [absorb(behindOff, i * 2 + 1), absorb(behindOn, i * 2 + 1)];
    const next = 0x2000 + i * 31;
    switches.push([[off, next], [on, unscrambled(behindOff ^ behindOn ^ scrambled(next))]]);
    hash = absorb(behindOff, next);
  }
  return {
    ...(asPairs ? {} : { stateWords: count * 2 }),
    pack: (v) => Uint32Array.from(v.flatMap((x, i) => (x === UNSET ? [0, 0] : switches[i]![x]!))),
    unpack: (words) => Array.from({ length: count }, (_, i) => (words[i * 2] === 0 ? UNSET : words[i * 2] === switches[i]![0][0] ? 0 : 1)),
  };
}
