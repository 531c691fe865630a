// SPDX-License-Identifier: MIT
/** 64 bits of hash, in two halves that are different functions of the words. The first one is `hashWords` of src/base. */

/**
 * The second half of a hash: the third lane of MurmurHash3_x86_128, with the finaliser of the 32-bit variant. It has multipliers and rotations of its own. A
 * second seed for `hashWords` would not do: of pairs of states that differ in two words one behind the other and agree in the first half, one in
 * 2^18 then agrees in the second half as well, and one in 2^25 with a word between (measured on 3 * 10^8 pairs each; with this one no pair
 * of 10^9).
 */
export function secondHash(words: Uint32Array, length: number): number {
  let h = length;
  for (let i = 0; i < words.length; i++) {
    let k = Math.imul(words[i]!, 0x38b34ae5);
    k = (k << 17) | (k >>> 15);
    h ^= Math.imul(k, 0xa1e38b93);
    h = (h << 15) | (h >>> 17);
    h = (Math.imul(h, 5) + 0x96cd1c35) | 0;
  }
  h ^= words.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
