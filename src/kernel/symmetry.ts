// SPDX-License-Identifier: MIT
/** What a kernel does not tell apart: buffers and pages that could have each other's numbers. */

/** Other numbers for buffers, and for the pages of each. */
export interface Permutation {
  /** By buffer: its new number. Buffers beyond the list keep theirs. */
  readonly buffers: readonly number[];
  /** By buffer, as it was numbered before, then by page: the page's new number. Pages beyond keep theirs. */
  readonly pages: readonly (readonly number[])[];
  /** The new number of a token, that of the same writer to the buffer under its new number. */
  token(token: number): number;
}

/** A kernel's symmetry under some operations. */
export interface KernelSymmetry {
  /** Why buffers must keep their numbers; null where all may be exchanged that the operations treat alike. */
  readonly buffers: string | null;
  /** The same for the pages of a buffer. */
  readonly pages: string | null;
  /**
   * Writes the snapshot that there would be, had the operations been done on the buffers and pages under their new numbers. Both arrays
   * are of one length and not the same.
   */
  permute(snapshot: Uint32Array, permutation: Permutation, into: Uint32Array): void;
}
