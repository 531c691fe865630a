// SPDX-License-Identifier: MIT
/**
 * The CPU's address translation of arm64: four levels, 4 KiB granule, leaves of 4 KiB, 2 MiB and 1 GiB. The bit of the
 * platform is the top one of the output address. Ref: Arm ARM DDI0487 D8.2 and D8.3.
 * SIMPLIFIED (may miss bugs): the access flag is not looked at, and table descriptors restrict nothing.
 * ASSUMED (may report false bugs): the CPU manages the dirty state (FEAT_HAFDBS), which the kernel then lets it do.
 */

import { BIT, clearBit, join64, pageOffset, physAddr, testBit, type PhysAddr, type VirtAddr } from "../base/index.ts";
import { ARM64_ADDRESS_HI, ARM64_ADDRESS_LO, ARM64_ATTRINDX_SHIFT, ARM64_DBM_HI, ARM64_RDONLY, ARM64_TABLE, ARM64_USER, ARM64_VALID, MAIR_TYPES } from "./facts/arm64-pte-bits.ts";
import { TABLE_INDEX_BITS } from "./facts/pte-bits.ts";
import { tableIndex, type Translation } from "./mmu.ts";
import { entryAddress, type TableMemory } from "./tables.ts";

const LEVELS = 4;

/** The output address of a descriptor without the platform's bit. */
function descriptorTarget(lo: number, hi: number, bit: number): PhysAddr {
  const address = join64(lo & ARM64_ADDRESS_LO, hi & ARM64_ADDRESS_HI);
  return physAddr(bit < 0 ? address : clearBit(address, bit));
}

/** @param level 1 for a page, counted as in mmu.ts: level 3 of the Arm ARM */
function leafOf(lo: number, hi: number, va: VirtAddr, level: number, bit: number): Translation {
  const pageBytes = BIT(12 + TABLE_INDEX_BITS * (level - 1));
  const base = descriptorTarget(lo, hi, bit);
  return {
    pa: physAddr(level > 1 ? base - (base % pageBytes) + (va % pageBytes) : base + pageOffset(va)),
    cBit: bit >= 0 && testBit(lo, hi, bit),
    writable: (lo & ARM64_RDONLY) === 0 || (hi & ARM64_DBM_HI) !== 0,
    user: (lo & ARM64_USER) !== 0,
    cache: MAIR_TYPES[(lo >>> ARM64_ATTRINDX_SHIFT) & 7] ?? "UC-",
    pageBytes,
  };
}

/** What a page descriptor says of `va`; null where it is not valid. */
export function arm64LeafTranslation(lo: number, hi: number, va: VirtAddr, bit: number): Translation | null {
  return (lo & ARM64_VALID) === 0 || (lo & ARM64_TABLE) === 0 ? null : leafOf(lo, hi, va, 1, bit);
}

/** Walks `root` for `va`; null where a descriptor is not valid. @param bit bit number, -1 for none */
export function arm64Walk(tables: TableMemory, root: PhysAddr, va: VirtAddr, bit: number): Translation | null {
  let table = root;
  for (let level = LEVELS; level > 1; level--) {
    const entry = entryAddress(table, tableIndex(va, level));
    const lo = tables.readLo(entry);
    if ((lo & ARM64_VALID) === 0) return null;
    const hi = tables.readHi(entry);
    if ((lo & ARM64_TABLE) === 0) return level === LEVELS ? null : leafOf(lo, hi, va, level, bit);
    table = descriptorTarget(lo, hi, bit);
  }
  const entry = entryAddress(table, tableIndex(va, 1));
  return arm64LeafTranslation(tables.readLo(entry), tables.readHi(entry), va, bit);
}
