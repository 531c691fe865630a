// SPDX-License-Identifier: MIT
/**
 * Where page tables live. The machine walks them through this port, so that their entries can be words of a compact
 * state (`WindowedTables`) or bytes of a running kernel's memory.
 * SIMPLIFIED (may miss bugs): the walker reads tables as the kernel wrote them; tables under a wrong C-bit are not garbled.
 */

import { assert, hiWord, InternalError, loWord, NOBODY_LISTENS, pageOffset, type Pfn, physToPfn, type PhysAddr, type WriteListener } from "../base/index.ts";
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
  /** Entries kept of each table: a power of two from 32 to 512. */
  readonly window: number;
}

/** Words that `WindowedTables` needs in the state. */
export function tableWords(layout: TableLayout): number {
  return layout.frames * layout.window * 2;
}

/** Bits 52 to 55 of an entry, which the hardware ignores (APM vol. 2 sec. 5.4, "AVL"): here the index above the window. */
const TAG_SHIFT = 20;
const TAG_MASK = 0xf << TAG_SHIFT;

/**
 * Tables of 512 entries of which each has room for `window`, entry i at slot i % window: enough for address spaces
 * that are laid out with care. Entries that are not kept read as not present; writing two of them to one slot is a bug
 * of whoever laid out the world.
 */
export class WindowedTables implements TableMemory {
  readonly layout: TableLayout;
  private readonly words: Uint32Array;
  /** Bits of an entry's index that are kept as its slot. */
  private readonly windowBits: number;
  private readonly written: WriteListener;

  constructor(layout: TableLayout, words: Uint32Array, written: WriteListener = NOBODY_LISTENS) {
    assert(words.length === tableWords(layout), "tables: wrong length of state");
    assert(TABLE_ENTRIES % layout.window === 0 && layout.window >= 32, "tables: the window must divide 512 and be 32 or more");
    this.layout = layout;
    this.words = words;
    this.written = written;
    this.windowBits = Math.log2(layout.window);
  }

  private slot(entry: PhysAddr): number {
    const frame = physToPfn(entry) - this.layout.firstPfn;
    if (frame < 0 || frame >= this.layout.frames) throw new InternalError(`tables: no table at 0x${entry.toString(16)}`);
    return (frame * this.layout.window + ((pageOffset(entry) >>> 3) & (this.layout.window - 1))) * 2;
  }

  /** The first of the two words that keep an entry, from the tables' first word on. */
  wordOf(entry: PhysAddr): number {
    return this.slot(entry);
  }

  private tag(entry: PhysAddr): number {
    return (pageOffset(entry) >>> (3 + this.windowBits)) << TAG_SHIFT;
  }

  private kept(entry: PhysAddr, at: number): boolean {
    return (this.words[at + 1]! & TAG_MASK) === this.tag(entry);
  }

  readLo(entry: PhysAddr): number {
    const at = this.slot(entry);
    return this.kept(entry, at) ? this.words[at]! : 0;
  }

  readHi(entry: PhysAddr): number {
    const at = this.slot(entry);
    return this.kept(entry, at) ? (this.words[at + 1]! & ~TAG_MASK) >>> 0 : 0;
  }

  write(entry: PhysAddr, lo: number, hi: number): void {
    const at = this.slot(entry);
    const empty = this.words[at] === 0 && this.words[at + 1] === 0;
    if (!empty && !this.kept(entry, at)) throw new InternalError(`tables: slot of entry ${pageOffset(entry) >>> 3} at 0x${entry.toString(16)} is taken`);
    this.words[at] = lo;
    this.words[at + 1] = lo === 0 && hi === 0 ? 0 : (hi | this.tag(entry)) >>> 0;
    this.written(at, at + 2);
  }

  /** Writes an entry given as one number below 2^53. */
  writeNumber(entry: PhysAddr, value: number): void {
    this.write(entry, loWord(value), hiWord(value));
  }
}
