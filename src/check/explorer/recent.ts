// SPDX-License-Identifier: MIT
/** Remembers some of the encodings that it was shown lately: a direct-mapped cache, compared in full. */

const PLACES = 1 << 16;

export class Recent {
  private rows: Uint32Array = new Uint32Array(0);
  private readonly taken = new Uint8Array(PLACES);

  /** True where this encoding was shown before, and no other one with its place since. All must be of one length. */
  shown(encoding: Uint32Array, hash: number): boolean {
    const width = encoding.length;
    if (this.rows.length === 0) this.rows = new Uint32Array(PLACES * width);
    const place = hash & (PLACES - 1);
    let at = place * width;
    if (this.taken[place] === 1) {
      let i = 0;
      while (i < width && this.rows[at + i] === encoding[i]) i++;
      if (i === width) return true;
    }
    this.taken[place] = 1;
    for (let i = 0; i < width; i++) this.rows[at++] = encoding[i]!;
    return false;
  }
}
