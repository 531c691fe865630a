// SPDX-License-Identifier: MIT
/**
 * Cache lines over memory: what is dirty in a cache, under which tag, and what writing it back does to DRAM. The tag of a
 * line is its cell and the attribute bit of the access. The device's own memory is never cached.
 * Ref: arch/x86/kernel/process.c:827-837 (dirty lines with C=0 and C=1 race each other).
 */

import type { Pfn } from "../base/index.ts";
import type { Caches } from "./caches.ts";
import { BLOCK_WORDS } from "./cipher.ts";
import type { Memory } from "./memory.ts";
import type { Platform } from "./platforms/platform.ts";

/** A cell of a frame. */
export interface Place {
  readonly frame: Pfn;
  readonly cell: number;
}

const scratch = new Uint32Array(BLOCK_WORDS);

export class Lines {
  private readonly caches: Caches;
  private readonly memory: Memory;
  private readonly platform: Platform;

  constructor(caches: Caches, memory: Memory, platform: Platform) {
    this.caches = caches;
    this.memory = memory;
    this.platform = platform;
  }

  private lineOf(place: Place): number {
    return this.memory.isBar(place.frame) ? -1 : this.memory.indexOf(place.frame) * this.memory.ram.cells + place.cell;
  }

  /**
   * The plain text of a dirty line into `out`; false where there is none. The line stays dirty.
   * SIMPLIFIED (may report false bugs): a read past the cache (UC, DMA) of a line that is dirty under the same tag gets its data and
   * leaves it dirty, where hardware may write it back: so no read changes the state.
   */
  peek(place: Place, tag: boolean, out: Uint32Array): boolean {
    const line = this.lineOf(place);
    return line >= 0 && this.caches.read(line, tag, out);
  }

  /** Holds a block as dirty; false where the place cannot be cached. */
  hold(place: Place, tag: boolean, block: Uint32Array): boolean {
    const line = this.lineOf(place);
    if (line < 0) return false;
    this.caches.write(line, tag, block);
    return true;
  }

  /** Writes a line back and drops it; nothing happens where it is not dirty. */
  flush(place: Place, tag: boolean): void {
    const line = this.lineOf(place);
    if (line < 0 || !this.caches.read(line, tag, scratch)) return;
    this.caches.drop(line, tag);
    this.memory.write(place.frame, place.cell, this.platform.cpuDomain(tag), scratch);
  }

  /** All lines, in the order of their addresses; of two of one cell the one without the bit first. */
  flushAll(): void {
    const { cells } = this.memory.ram;
    for (const { cell, cBit } of this.caches.dirty()) this.flush({ frame: this.memory.frameAt(Math.floor(cell / cells)), cell: cell % cells }, cBit);
  }
}
