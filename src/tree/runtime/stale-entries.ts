// SPDX-License-Identifier: MIT
/**
 * What the TLB still holds of entries that the kernel has changed (`tlb=yes`). The kernel writes its tables by plain stores, so they are
 * compared with what they were, before every access, every flush and at the end of an operation: an entry that was present and is
 * another one now is held, as of before.
 */

import { PAGE_SIZE, type PhysAddr, virtAddr } from "../../base/index.ts";
import { PTE_PRESENT, PTE_PSE, TABLE_ENTRIES, type TableMemory, type Tlb } from "../../machine/index.ts";
import { entryTarget } from "../../machine/index.ts";

const LEVELS = 4;

/** A table of 4 KiB leaves, and its entries as they were. */
interface LeafTable {
  readonly at: number;
  /** Address that its first entry maps, 48 bits. */
  readonly va: number;
  readonly before: Uint32Array;
}

export class StaleEntries {
  private readonly tlb: Tlb;
  private readonly words: () => Uint32Array;
  private tables: readonly LeafTable[] = [];

  constructor(tlb: Tlb, words: () => Uint32Array) {
    this.tlb = tlb;
    this.words = words;
  }

  /** The end of boot: all tables are there by then (guest/common/vmap.c, user.c), and nothing is held. */
  watch(memory: TableMemory, roots: readonly PhysAddr[], cBit: number): void {
    const tables: LeafTable[] = [];
    const visit = (table: number, level: number, va: number): void => {
      if (level === 1) {
        tables.push({ at: table, va, before: new Uint32Array(TABLE_ENTRIES * 2) });
        return;
      }
      for (let i = 0; i < TABLE_ENTRIES; i++) {
        const entry = (table + i * 8) as PhysAddr;
        const lo = memory.readLo(entry);
        if ((lo & PTE_PRESENT) === 0 || (lo & PTE_PSE) !== 0) continue;
        visit(entryTarget(lo, memory.readHi(entry), cBit), level - 1, va + i * PAGE_SIZE * TABLE_ENTRIES ** (level - 1));
      }
    };
    for (const root of roots) visit(root, LEVELS, 0);
    this.tables = tables;
    this.forget();
  }

  /** Before a boot: nothing is held until its end. */
  unwatch(): void {
    this.tables = [];
  }

  /** Takes the tables as they are for what the TLB has seen: another state was restored. */
  forget(): void {
    for (const { at, before } of this.tables) before.set(this.words().subarray(at / 4, at / 4 + before.length));
  }

  /** Holds what was changed since the last call. */
  hold(): void {
    const words = this.words();
    for (const { at, va, before } of this.tables) {
      const first = at / 4;
      for (let i = 0; i < before.length; i += 2) {
        const lo = words[first + i]!;
        const hi = words[first + i + 1]!;
        if (lo === before[i] && hi === before[i + 1]) continue;
        this.tlb.hold(virtAddr(va + (i / 2) * PAGE_SIZE), before[i]!, before[i + 1]!);
        before[i] = lo;
        before[i + 1] = hi;
      }
    }
  }

  /** A flush of the addresses in [start, end), low 48 bits. */
  flush(start: number, end: number): void {
    this.hold();
    for (let va = start - (start % PAGE_SIZE); va < end; va += PAGE_SIZE) this.tlb.flushPage(virtAddr(va));
  }

  flushAll(): void {
    this.forget();
    this.tlb.flushAll();
  }
}
