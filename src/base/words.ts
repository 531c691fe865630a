// SPDX-License-Identifier: MIT
/** Flat state is an array of 32-bit words: hashing, comparing, and 64-bit fields in it. */

import { hiWord, join64, loWord } from "./bits.ts";

/** True where both arrays hold the same words. */
export function equalWords(a: Uint32Array, b: Uint32Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A 32-bit hash (MurmurHash3's body and finaliser) of `words`, for tables that compare in full afterwards. */
export function hashWords(words: Uint32Array, seed = 0): number {
  let h = seed | 0;
  for (let i = 0; i < words.length; i++) {
    let k = Math.imul(words[i]!, 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    h ^= Math.imul(k, 0x1b873593);
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  h ^= words.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Words that the holder may look at. */
export type ReadonlyWords = ArrayLike<number> & Pick<Uint32Array, "slice">;

/** Reads a 64-bit field (two words, low first). */
export function get64(words: ArrayLike<number>, at: number): number {
  return join64(words[at]!, words[at + 1]!);
}

/** Writes a 64-bit field (two words, low first). */
export function set64(words: Uint32Array, at: number, value: number): void {
  words[at] = loWord(value);
  words[at + 1] = hiWord(value);
}
