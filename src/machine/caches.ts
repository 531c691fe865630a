// SPDX-License-Identifier: MIT
/**
 * Caches tagged by (address, C-bit), as CPUs without SME_COHERENT have them: the same line with C=0 and C=1 is two lines,
 * and dirty ones race each other when they are written back. Writing back is a move of the environment; what it does to
 * DRAM is in lines.ts.
 * Ref: arch/x86/kernel/process.c:827-837.
 * SIMPLIFIED (may miss bugs): dirty lines only; clean lines are never kept, so a stale clean line is not seen. One line is one cell.
 */

import { NOBODY_LISTENS, type WriteListener } from "../base/index.ts";
import { BLOCK_WORDS } from "./cipher.ts";

/** Words of a line: 1 where it is dirty, then the plain text. */
export const CACHE_LINE_WORDS: number = 1 + BLOCK_WORDS;

/** Words that the caches of so many cells need. */
export function cacheWords(cells: number): number {
  return cells * 2 * CACHE_LINE_WORDS;
}

/** A line: its cell (counted over all of RAM) and the C-bit of its tag. */
export interface CacheLine {
  readonly cell: number;
  readonly cBit: boolean;
}

export class Caches {
  private readonly words: Uint32Array;
  private readonly written: WriteListener;

  constructor(words: Uint32Array, written: WriteListener = NOBODY_LISTENS) {
    this.words = words;
    this.written = written;
  }

  private at(cell: number, cBit: boolean): number {
    return (cell * 2 + (cBit ? 1 : 0)) * CACHE_LINE_WORDS;
  }

  /** True where the line is held, with its plain text in `out`. */
  read(cell: number, cBit: boolean, out: Uint32Array): boolean {
    const at = this.at(cell, cBit);
    if (this.words[at] === 0) return false;
    for (let w = 0; w < BLOCK_WORDS; w++) out[w] = this.words[at + 1 + w]!;
    return true;
  }

  /** Holds a line as dirty. */
  write(cell: number, cBit: boolean, block: Uint32Array): void {
    const at = this.at(cell, cBit);
    this.words[at] = 1;
    for (let w = 0; w < BLOCK_WORDS; w++) this.words[at + 1 + w] = block[w]!;
    this.written(at, at + CACHE_LINE_WORDS);
  }

  /** Drops a line. */
  drop(cell: number, cBit: boolean): void {
    const at = this.at(cell, cBit);
    this.words.fill(0, at, at + CACHE_LINE_WORDS);
    this.written(at, at + CACHE_LINE_WORDS);
  }

  /** All dirty lines, by cell. */
  *dirty(): Generator<CacheLine> {
    for (let at = 0; at < this.words.length; at += CACHE_LINE_WORDS) {
      if (this.words[at] !== 0) yield { cell: Math.floor(at / CACHE_LINE_WORDS / 2), cBit: (at / CACHE_LINE_WORDS) % 2 === 1 };
    }
  }
}
