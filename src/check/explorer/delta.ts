// SPDX-License-Identifier: MIT
import { TOUCH_BLOCK_WORDS } from "../../base/index.ts";

/**
 * A state as what differs from the first one. Most words of a kernel's state stay as they were at boot (page tables, memory that nobody uses):
 * pairs of place and word for those that do not, and for all words behind the first state's end.
 */
export class Delta {
  private base: Uint32Array | null = null;
  private pairs: Uint32Array = new Uint32Array(0);

  /** The pairs of a state: a view that the next call writes again. The first state that is given is what all are compared with. For `near` and `touched` see `StateStore.encode`. */
  encode(words: Uint32Array, near?: Uint32Array, touched?: Uint8Array): Uint32Array {
    const base = (this.base ??= words.slice());
    if (this.pairs.length < words.length * 2) this.pairs = new Uint32Array(words.length * 2);
    const known = near !== undefined && touched !== undefined && words.length === base.length;
    return this.pairs.subarray(0, known ? this.encodeBlocks(words, near, touched) : this.encodeAll(words));
  }

  /** Pairs of a state of which nothing is known. @returns words written */
  private encodeAll(words: Uint32Array): number {
    const common = Math.min(this.base!.length, words.length);
    let n = this.compare(words, 0, common, 0);
    for (let i = common; i < words.length; i++) {
      this.pairs[n++] = i;
      this.pairs[n++] = words[i]!;
    }
    return n;
  }

  /** Pairs of a state that is `near` but for some blocks: those of the others are taken over. */
  private encodeBlocks(words: Uint32Array, near: Uint32Array, touched: Uint8Array): number {
    const { pairs } = this;
    let n = 0;
    let from = 0;
    for (let block = 0; block < touched.length; block++) {
      if (touched[block] === 0) continue;
      const start = block * TOUCH_BLOCK_WORDS;
      const end = Math.min(start + TOUCH_BLOCK_WORDS, words.length);
      for (; from < near.length && near[from]! < start; from += 2) {
        pairs[n++] = near[from]!;
        pairs[n++] = near[from + 1]!;
      }
      while (from < near.length && near[from]! < end) from += 2;
      n = this.compare(words, start, end, n);
    }
    for (; from < near.length; from++) pairs[n++] = near[from]!;
    return n;
  }

  /** Adds a pair for each of the words [start, end) that is not the first state's. @param n words of `pairs` in use, before and after */
  private compare(words: Uint32Array, start: number, end: number, n: number): number {
    const { pairs } = this;
    const base = this.base!;
    let i = start;
    while (i < end) {
      // Long runs are equal: eight words at a time until one differs.
      while (
        i + 8 <= end &&
        ((words[i]! ^ base[i]!) |
          (words[i + 1]! ^ base[i + 1]!) |
          (words[i + 2]! ^ base[i + 2]!) |
          (words[i + 3]! ^ base[i + 3]!) |
          (words[i + 4]! ^ base[i + 4]!) |
          (words[i + 5]! ^ base[i + 5]!) |
          (words[i + 6]! ^ base[i + 6]!) |
          (words[i + 7]! ^ base[i + 7]!)) ===
          0
      )
        i += 8;
      for (const last = Math.min(i + 8, end); i < last; i++) {
        if (words[i] === base[i]) continue;
        pairs[n++] = i;
        pairs[n++] = words[i]!;
      }
    }
    return n;
  }

  /** The state that pairs stand for. @param length its words  @param into is used for it where it has the right length */
  decode(pairs: Uint32Array, length: number, into: Uint32Array): Uint32Array {
    const base = this.base!;
    const words = into.length === length ? into : new Uint32Array(length);
    words.set(length < base.length ? base.subarray(0, length) : base);
    for (let i = 0; i < pairs.length; i += 2) words[pairs[i]!] = pairs[i + 1]!;
    return words;
  }

  get bytes(): number {
    return this.pairs.byteLength;
  }
}
