// SPDX-License-Identifier: MIT
/** Sets of actions as bits, a few words each. */

/** Words of a set over `size` elements. */
export function setWords(size: number): number {
  return Math.ceil(size / 32);
}

export function hasBit(words: Uint32Array, bit: number): boolean {
  return ((words[bit >>> 5]! >>> (bit & 31)) & 1) === 1;
}

export function addBit(words: Uint32Array, bit: number): void {
  words[bit >>> 5]! |= 1 << (bit & 31);
}
