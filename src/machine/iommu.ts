// SPDX-License-Identifier: MIT
/**
 * AMD-Vi translation with v1 page tables: the IOVA indexes `mode` levels of 512 entries; each entry names its next
 * level, 0 ends the walk. The system address that comes out may hold the C-bit: that decides how the memory
 * controller treats the access.
 * Refs: AMD IOMMU spec (48882) sec. 2.2.3; drivers/iommu/amd/io_pgtable.c:383-386 (`__sme_set(paddr)` in each entry).
 */

import { BIT, type DmaAddr, hasBit, join64, type PhysAddr } from "../base/index.ts";
import { IOMMU_PTE_IR_HI, IOMMU_PTE_IW_HI, IOMMU_PTE_LEVEL_MASK, IOMMU_PTE_LEVEL_SHIFT, IOMMU_PTE_PR } from "./facts/iommu-bits.ts";
import { PTE_ADDRESS_HI, PTE_ADDRESS_LO, TABLE_ENTRIES, TABLE_INDEX_BITS } from "./facts/pte-bits.ts";
import { entryTarget } from "./mmu.ts";
import { entryAddress, type TableMemory } from "./tables.ts";

/** A translated domain: its top table and the number of levels (1 to 6). */
export interface IommuDomain {
  readonly root: PhysAddr;
  readonly mode: number;
}

export interface IommuTranslation {
  /** System physical address, C-bit included where the entry has it. */
  readonly address: number;
  readonly readable: boolean;
  readonly writable: boolean;
}

/** Index of `iova` into a table of `level` (1 is the lowest). */
export function iommuIndex(iova: DmaAddr, level: number): number {
  return Math.floor(iova / BIT(12 + TABLE_INDEX_BITS * (level - 1))) & (TABLE_ENTRIES - 1);
}

/** Bytes that an entry with level field 7 maps: the lowest clear address bit from bit 12 up encodes the size. */
function encodedBytes(address: number): number {
  let bit = 12;
  while (hasBit(address, bit)) bit++;
  return BIT(bit + 1);
}

/** Walks the domain for `iova`; null where an entry is not present (IO_PAGE_FAULT). @param cBit bit number, -1 for none */
export function iommuWalk(tables: TableMemory, domain: IommuDomain, iova: DmaAddr, cBit: number): IommuTranslation | null {
  if (iova >= BIT(12 + TABLE_INDEX_BITS * domain.mode)) return null;
  let table = domain.root;
  for (let level = domain.mode; level >= 1; ) {
    const entry = entryAddress(table, iommuIndex(iova, level));
    const lo = tables.readLo(entry);
    if ((lo & IOMMU_PTE_PR) === 0) return null;
    const hi = tables.readHi(entry);
    const next = (lo >>> IOMMU_PTE_LEVEL_SHIFT) & IOMMU_PTE_LEVEL_MASK;
    if (next !== 0 && next !== 7) {
      if (next >= level) return null;
      table = entryTarget(lo, hi, cBit);
      level = next;
      continue;
    }
    const raw = join64(lo & PTE_ADDRESS_LO, hi & PTE_ADDRESS_HI);
    const bytes = next === 7 ? encodedBytes(raw) : BIT(12 + TABLE_INDEX_BITS * (level - 1));
    const base = raw - (entryTarget(lo, hi, cBit) % bytes);
    return { address: base + (iova % bytes), readable: (hi & IOMMU_PTE_IR_HI) !== 0, writable: (hi & IOMMU_PTE_IW_HI) !== 0 };
  }
  return null;
}
