// SPDX-License-Identifier: MIT
/**
 * The CPU's address translation: x86-64, four levels, leaves of 4 KiB, 2 MiB and 1 GiB, the C-bit at the platform's
 * place. Ref: AMD APM vol. 2 sec. 5.3 (long-mode page translation) and 7.10 (SME: C-bit in page-table entries).
 * Entries that outlive their change are in tlb.ts.
 */

import { BIT, clearBit, join64, pageOffset, physAddr, testBit, type PhysAddr, type VirtAddr } from "../base/index.ts";
import {
  type CacheType,
  PAT_TYPES,
  PTE_ADDRESS_HI,
  PTE_ADDRESS_LO,
  PTE_PAT,
  PTE_PCD,
  PTE_PRESENT,
  PTE_PSE,
  PTE_PWT,
  PTE_RW,
  PTE_USER,
  TABLE_ENTRIES,
  TABLE_INDEX_BITS,
} from "./facts/pte-bits.ts";
import { entryAddress, type TableMemory } from "./tables.ts";

const LEVELS = 4;
const LARGE_PAGE_PAT_LO = 1 << 12;

/** What a walk found at the leaf. */
export interface Translation {
  /** Physical address of the byte, without C-bit. */
  readonly pa: PhysAddr;
  /** The C-bit of the leaf entry. */
  readonly cBit: boolean;
  readonly writable: boolean;
  readonly user: boolean;
  readonly cache: CacheType;
  /** Bytes that the leaf maps. */
  readonly pageBytes: number;
}

/** The address that an entry holds: bits 12 to 51 less the C-bit. */
export function entryTarget(lo: number, hi: number, cBit: number): PhysAddr {
  const address = join64(lo & PTE_ADDRESS_LO, hi & PTE_ADDRESS_HI);
  return physAddr(cBit < 0 ? address : clearBit(address, cBit));
}

function cacheType(lo: number, patBit: number): CacheType {
  const index = ((lo & patBit) !== 0 ? 4 : 0) | ((lo & PTE_PCD) !== 0 ? 2 : 0) | ((lo & PTE_PWT) !== 0 ? 1 : 0);
  return PAT_TYPES[index]!;
}

/** Index of `va` into a table of `level` (4 is the top). */
export function tableIndex(va: VirtAddr, level: number): number {
  return Math.floor(va / BIT(12 + TABLE_INDEX_BITS * (level - 1))) & (TABLE_ENTRIES - 1);
}

/** What a leaf entry of 4 KiB says of `va`; null where it is not present. */
export function leafTranslation(lo: number, hi: number, va: VirtAddr, cBit: number): Translation | null {
  return (lo & PTE_PRESENT) === 0 ? null : leafOf(lo, hi, va, 1, cBit);
}

function leafOf(lo: number, hi: number, va: VirtAddr, level: number, cBit: number): Translation {
  const large = level > 1;
  const pageBytes = BIT(12 + TABLE_INDEX_BITS * (level - 1));
  const base = entryTarget(large ? lo & ~LARGE_PAGE_PAT_LO : lo, hi, cBit);
  return {
    pa: physAddr(base + (large ? va % pageBytes : pageOffset(va))),
    cBit: cBit >= 0 && testBit(lo, hi, cBit),
    writable: (lo & PTE_RW) !== 0,
    user: (lo & PTE_USER) !== 0,
    cache: cacheType(lo, large ? LARGE_PAGE_PAT_LO : PTE_PAT),
    pageBytes,
  };
}

/** Walks `root` for `va`; null where an entry is not present. @param cBit bit number, -1 for none */
export function walk(tables: TableMemory, root: PhysAddr, va: VirtAddr, cBit: number): Translation | null {
  let table = root;
  for (let level = LEVELS; level >= 1; level--) {
    const entry = entryAddress(table, tableIndex(va, level));
    const lo = tables.readLo(entry);
    if ((lo & PTE_PRESENT) === 0) return null;
    const hi = tables.readHi(entry);
    if (level > 1 && (lo & PTE_PSE) === 0) {
      table = entryTarget(lo, hi, cBit);
      continue;
    }
    return leafOf(lo, hi, va, level, cBit);
  }
  return null;
}
