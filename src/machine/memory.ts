// SPDX-License-Identifier: MIT
/**
 * DRAM. A page is `cells` cells; a cell is one cipher block (16 bytes) that stands at the start of its 1/cells-th of
 * the page, kept as its plain value and the domain of the write. A read in that domain gives the value back; in
 * another it gives what the cipher makes of it. Neither faults (SME, SEV).
 * SIMPLIFIED: bytes between cells are not kept; with one cell to a page, only the first 16 bytes are.
 */

import { assert, PAGE_SIZE, pfnToPhys, physAddr, type Pfn, type PhysAddr } from "../base/index.ts";
import { BLOCK_WORDS, decryptBlock, encryptBlock } from "./cipher.ts";
import { DOMAIN_PLAIN, type Domain } from "./domains.ts";

/** Words of one cell in the state: the block, then the domain. */
const CELL_WORDS = BLOCK_WORDS + 1;

export interface RamLayout {
  readonly firstPfn: Pfn;
  readonly frames: number;
  /** Cells of one page: 1 for search, 256 for every byte. */
  readonly cells: number;
}

/** Words that `Memory` needs in the state. */
export function memoryWords(ram: RamLayout): number {
  return ram.frames * ram.cells * CELL_WORDS;
}

export class Memory {
  readonly ram: RamLayout;
  private readonly words: Uint32Array;

  /** @param words a view of the state, `memoryWords(ram)` long. */
  constructor(ram: RamLayout, words: Uint32Array) {
    assert(words.length === memoryWords(ram), "memory: wrong length of state");
    this.ram = ram;
    this.words = words;
  }

  /** True where `pfn` is RAM. */
  contains(frame: Pfn): boolean {
    return frame >= this.ram.firstPfn && frame < this.ram.firstPfn + this.ram.frames;
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
    assert(this.contains(frame) && cell < this.ram.cells, `memory: no cell ${cell} of frame ${frame}`);
    return ((frame - this.ram.firstPfn) * this.ram.cells + cell) * CELL_WORDS;
  }

  /** Stores `block` (4 words) in `domain`. */
  write(frame: Pfn, cell: number, domain: Domain, block: Uint32Array): void {
    const at = this.at(frame, cell);
    for (let w = 0; w < BLOCK_WORDS; w++) this.words[at + w] = block[w]!;
    this.words[at + BLOCK_WORDS] = domain;
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

  /** Forgets what a frame held: zeroes, stored plain. Only for frames that nobody may read before writing. */
  forget(frame: Pfn): void {
    const at = this.at(frame, 0);
    this.words.fill(0, at, at + this.ram.cells * CELL_WORDS);
    assert(DOMAIN_PLAIN === 0, "memory: plain is the zero domain");
  }
}
