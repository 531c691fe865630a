// SPDX-License-Identifier: MIT
/**
 * A state as what differs from the first one. Most words of a kernel's state stay as they were at boot (page tables, memory that nobody uses):
 * pairs of place and word for those that do not, and for all words behind the first state's end.
 */
export class Delta {
  private base: Uint32Array | null = null;
  private pairs: Uint32Array = new Uint32Array(0);

  /** The pairs of a state: a view that the next call writes again. The first state that is given is what all are compared with. */
  encode(words: Uint32Array): Uint32Array {
    const base = (this.base ??= words.slice());
    if (this.pairs.length < words.length * 2) this.pairs = new Uint32Array(words.length * 2);
    const { pairs } = this;
    const common = Math.min(base.length, words.length);
    let n = 0;
    let i = 0;
    while (i < common) {
      // Long runs are equal: eight words at a time until one differs.
      while (
        i + 8 <= common &&
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
      for (const end = Math.min(i + 8, common); i < end; i++) {
        if (words[i] === base[i]) continue;
        pairs[n++] = i;
        pairs[n++] = words[i]!;
      }
    }
    for (; i < words.length; i++) {
      pairs[n++] = i;
      pairs[n++] = words[i]!;
    }
    return pairs.subarray(0, n);
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
