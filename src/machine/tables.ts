// SPDX-License-Identifier: MIT
/**
 * Where page tables live. The machine walks them through this port, so that their entries can be words of a compact
 * state (`WindowedTables`) or bytes of a running kernel's memory.
 * SIMPLIFIED: the walker reads tables as the kernel wrote them; tables under a wrong C-bit are not garbled.
 */

import { assert, hiWord, InternalError, loWord, PAGE_SIZE, pageOffset, type Pfn, physToPfn, type PhysAddr } from "../base/index.ts";
import { TABLE_ENTRIES } from "./facts/pte-bits.ts";

/** Entries are 8 bytes, at `PhysAddr` multiples of 8; an entry that is not there reads as 0 (not present). */
export interface TableMemory {
  readLo(entry: PhysAddr): number;
  readHi(entry: PhysAddr): number;
  write(entry: PhysAddr, lo: number, hi: number): void;
}

/** The address of entry `index` (0 to 511) of the table at `table`. */
export function entryAddress(table: PhysAddr, index: number): PhysAddr {
  return (table + index * 8) as PhysAddr;
}

export interface TableLayout {
  readonly firstPfn: Pfn;
  readonly frames: number;
  /** Neighbouring entries kept of each table: a power of two up to 512. */
  readonly window: number;
}

/** Words of one table: which window it keeps (number + 1, 0 while empty), then its entries. */
const tableStride = (layout: TableLayout): number => 1 + layout.window * 2;

/** Words that `WindowedTables` needs in the state. */
export function tableWords(layout: TableLayout): number {
  return layout.frames * tableStride(layout);
}

/**
 * Tables of 512 entries of which each keeps one aligned window, chosen by the first entry written. Entries outside
 * read as not present; writing one there is a bug of whoever laid out the world.
 */
export class WindowedTables implements TableMemory {
  readonly layout: TableLayout;
  private readonly words: Uint32Array;

  constructor(layout: TableLayout, words: Uint32Array) {
    assert(words.length === tableWords(layout), "tables: wrong length of state");
    assert(TABLE_ENTRIES % layout.window === 0, "tables: the window must divide 512");
    this.layout = layout;
    this.words = words;
  }

  private tableAt(entry: PhysAddr): number {
    const frame = physToPfn(entry) - this.layout.firstPfn;
    if (frame < 0 || frame >= this.layout.frames) throw new InternalError(`tables: no table at 0x${entry.toString(16)}`);
    return frame * tableStride(this.layout);
  }

  /** Word index of an entry, or -1 where its window is not the one kept. */
  private find(entry: PhysAddr): number {
    const table = this.tableAt(entry);
    const index = pageOffset(entry) >>> 3;
    if (this.words[table] !== Math.floor(index / this.layout.window) + 1) return -1;
    return table + 1 + (index % this.layout.window) * 2;
  }

  readLo(entry: PhysAddr): number {
    const at = this.find(entry);
    return at < 0 ? 0 : this.words[at]!;
  }

  readHi(entry: PhysAddr): number {
    const at = this.find(entry);
    return at < 0 ? 0 : this.words[at + 1]!;
  }

  write(entry: PhysAddr, lo: number, hi: number): void {
    const table = this.tableAt(entry);
    const index = pageOffset(entry) >>> 3;
    if (this.words[table] === 0) this.words[table] = Math.floor(index / this.layout.window) + 1;
    const at = this.find(entry);
    if (at < 0) throw new InternalError(`tables: entry ${index} of 0x${(entry - (entry % PAGE_SIZE)).toString(16)} is outside its window`);
    this.words[at] = lo;
    this.words[at + 1] = hi;
  }

  /** Writes an entry given as one number below 2^53. */
  writeNumber(entry: PhysAddr, value: number): void {
    this.write(entry, loWord(value), hiWord(value));
  }
}
