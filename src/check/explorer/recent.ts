// SPDX-License-Identifier: MIT
/**
 * Remembers some of the encodings that it was shown lately: a direct-mapped cache, compared in full. Most steps lead to states that were
 * reached a short while ago.
 */

const PLACES = 1 << 17;

export class Recent {
  /** For each place 1 where it is taken, then the encoding. */
  private rows: Uint32Array = new Uint32Array(0);

  /** True where this encoding was shown before, and no other one with its place since. All must be of one length. */
  shown(encoding: Uint32Array, hash: number): boolean {
    const width = encoding.length;
    const stride = width + 1;
    if (this.rows.length === 0) this.rows = new Uint32Array(PLACES * stride);
    const { rows } = this;
    const at = (hash & (PLACES - 1)) * stride;
    let i = 0;
    if (rows[at] === 1) while (i < width && rows[at + 1 + i] === encoding[i]) i++;
    else rows[at] = 1;
    if (i === width && width > 0) return true;
    for (i = 0; i < width; i++) rows[at + 1 + i] = encoding[i]!;
    return false;
  }
}
