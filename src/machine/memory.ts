// SPDX-License-Identifier: MIT
/**
 * DRAM. A page is `cells` cells; a cell is one cipher block (16 bytes) that stands at the start of its 1/cells-th of
 * the page, kept as its plain value and the domain of the write. Reads in that domain return it; in
 * another they return what the cipher makes of it. Neither faults (SME, SEV).
 * SIMPLIFIED (may miss bugs): bytes between cells are not kept; with one cell to a page, only the first 16 bytes are.
 */

import { assert, InternalError, NOBODY_LISTENS, PAGE_SIZE, pfnToPhys, physAddr, type Pfn, type PhysAddr, type WriteListener } from "../base/index.ts";
import { BLOCK_WORDS, decryptBlock, encryptBlock } from "./cipher.ts";
import { DOMAIN_LOST, DOMAIN_PLAIN, type Domain } from "./domains.ts";

/** Words of one cell in the state: the block, then the domain. */
export const CELL_WORDS: number = BLOCK_WORDS + 1;

/** Four bytes of POISON_FREE.   @ref include/linux/poison.h:46 (POISON_FREE) */
export const POISON_WORD = 0x6b6b6b6b;

/** Frames that lie side by side. */
export interface Bank {
  readonly firstPfn: Pfn;
  readonly frames: number;
}

export interface RamLayout extends Bank {
  /** Cells of one page: 1 for search, 256 for every byte. */
  readonly cells: number;
  /** RAM that lies apart from the first bank, as memory above 4 GiB does. */
  readonly more?: readonly Bank[];
  /** Memory of the device behind its BAR: never encrypted, and not RAM. */
  readonly bar?: Bank | null;
}

/** The banks of RAM, then the BAR. */
export function banksOf(ram: RamLayout): readonly Bank[] {
  return [ram, ...(ram.more ?? []), ...(ram.bar ? [ram.bar] : [])];
}

/** Frames of RAM, without the BAR. */
export function ramFrames(ram: RamLayout): number {
  return (ram.more ?? []).reduce((sum, bank) => sum + bank.frames, ram.frames);
}

function allFrames(ram: RamLayout): number {
  return ramFrames(ram) + (ram.bar?.frames ?? 0);
}

/** Words that `Memory` needs in the state. */
export function memoryWords(ram: RamLayout): number {
  return allFrames(ram) * ram.cells * CELL_WORDS;
}

export class Memory {
  readonly ram: RamLayout;
  private readonly words: Uint32Array;
  private readonly others: readonly Bank[];
  private readonly written: WriteListener;

  /** @param words a view of the state, `memoryWords(ram)` long. */
  constructor(ram: RamLayout, words: Uint32Array, written: WriteListener = NOBODY_LISTENS) {
    assert(words.length === memoryWords(ram), "memory: wrong length of state");
    this.ram = ram;
    this.others = banksOf(ram).slice(1);
    this.words = words;
    this.written = written;
  }

  /** The number of a frame, counted over all banks; -1 where there is no memory. */
  indexOf(frame: Pfn): number {
    const { ram } = this;
    const low = frame - ram.firstPfn;
    if (low >= 0 && low < ram.frames) return low;
    let before = ram.frames;
    for (const bank of this.others) {
      const at = frame - bank.firstPfn;
      if (at >= 0 && at < bank.frames) return before + at;
      before += bank.frames;
    }
    return -1;
  }

  /** The frame of a number. */
  frameAt(index: number): Pfn {
    let left = index;
    for (const bank of [this.ram, ...this.others]) {
      if (left < bank.frames) return (bank.firstPfn + left) as Pfn;
      left -= bank.frames;
    }
    throw new InternalError(`memory: no frame number ${index}`);
  }

  /** True where there is memory: RAM or the BAR. */
  contains(frame: Pfn): boolean {
    return this.indexOf(frame) >= 0;
  }

  /** True where the frame is the device's memory. */
  isBar(frame: Pfn): boolean {
    const { bar } = this.ram;
    return bar !== undefined && bar !== null && frame >= bar.firstPfn && frame < bar.firstPfn + bar.frames;
  }

  /** Bytes from one cell to the next. */
  get stride(): number {
    return PAGE_SIZE / this.ram.cells;
  }

  /** The address of a cell. */
  cellAddress(frame: Pfn, cell: number): PhysAddr {
    return physAddr(pfnToPhys(frame) + cell * this.stride);
  }

  private at(frame: Pfn, cell: number): number {
    const index = this.indexOf(frame);
    assert(index >= 0 && cell < this.ram.cells, `memory: no cell ${cell} of frame ${frame}`);
    return (index * this.ram.cells + cell) * CELL_WORDS;
  }

  /** Stores `block` (4 words) in `domain`. */
  write(frame: Pfn, cell: number, domain: Domain, block: Uint32Array): void {
    const at = this.at(frame, cell);
    for (let w = 0; w < BLOCK_WORDS; w++) this.words[at + w] = block[w]!;
    this.words[at + BLOCK_WORDS] = domain;
    this.written(at, at + CELL_WORDS);
  }

  /** Reads into `out` (4 words) what an access in `domain` gets; false where that is garbage. */
  read(frame: Pfn, cell: number, domain: Domain, out: Uint32Array): boolean {
    const at = this.at(frame, cell);
    for (let w = 0; w < BLOCK_WORDS; w++) out[w] = this.words[at + w]!;
    const stored = this.words[at + BLOCK_WORDS]! as Domain;
    if (stored === domain) return true;
    const pa = this.cellAddress(frame, cell);
    encryptBlock(out, pa, stored);
    decryptBlock(out, pa, domain);
    return false;
  }

  /** The domain that the cell was stored in. */
  storedIn(frame: Pfn, cell: number): Domain {
    return this.words[this.at(frame, cell) + BLOCK_WORDS]! as Domain;
  }

  /** How many cells of a frame, from `cell` on, hold the same, stored in the same domain. */
  alike(frame: Pfn, cell: number): number {
    const { words } = this;
    const first = this.at(frame, cell);
    const end = this.at(frame, this.ram.cells - 1) + CELL_WORDS;
    let at = first + CELL_WORDS;
    while (at < end && words[at] === words[at - CELL_WORDS]) at++;
    return at >= end ? this.ram.cells - cell : Math.floor((at - first) / CELL_WORDS);
  }

  /** Makes every word of every cell of a frame the same, as an agent in `domain` would write it. */
  private fill(frame: Pfn, value: number, domain: Domain): void {
    const at = this.at(frame, 0);
    const end = at + this.ram.cells * CELL_WORDS;
    this.words.fill(value, at, end);
    for (let word = at + BLOCK_WORDS; word < end; word += CELL_WORDS) this.words[word] = domain;
    this.written(at, end);
  }

  /** Makes every cell of a frame zero, as an agent in `domain` would write it. */
  clear(frame: Pfn, domain: Domain): void {
    this.fill(frame, 0, domain);
  }

  /** Loses what a frame held: from now on every reader gets garbage there, until somebody writes. */
  lose(frame: Pfn): void {
    this.clear(frame, DOMAIN_LOST);
  }

  /** Forgets what a frame held: zeroes, stored plain. Only for frames that nobody may read before writing. */
  forget(frame: Pfn): void {
    this.clear(frame, DOMAIN_PLAIN);
  }

  /** Forgets what a frame held, so that whoever reads it before writing is told from one who reads zeroes: POISON_FREE in every byte, stored plain. */
  poison(frame: Pfn): void {
    this.fill(frame, POISON_WORD, DOMAIN_PLAIN);
  }
}
