// SPDX-License-Identifier: MIT
/** drivers/iommu/amd/io_pgtable.c: v1 I/O page tables. Every entry gets the C-bit, whatever it maps. */

import { type DmaAddr, hiWord, loWord, type Pfn, pfnToPhys, type PhysAddr } from "../../base/index.ts";
import {
  entryAddress,
  entryTarget,
  IOMMU_PTE_FC_HI,
  IOMMU_PTE_IR_HI,
  IOMMU_PTE_IW_HI,
  IOMMU_PTE_LEVEL_SHIFT,
  IOMMU_PTE_PR,
  type IommuDomain,
  iommuIndex,
} from "../../machine/index.ts";
import { has, type Linux } from "../linux.ts";
import { alloc_table } from "../mm/page-tables.ts";
import { sme_me_bit, sme_set } from "../x86/coco-core.ts";

/** PAGE_MODE_3_LEVEL: what the driver starts a domain with. @ref drivers/iommu/amd/iommu.c (DEFAULT_PGTABLE_LEVEL) */
const DEFAULT_PGTABLE_LEVEL = 3;

/** A new translated domain. */
export function amd_iommu_domain_alloc(k: Linux): IommuDomain {
  return { root: alloc_table(k), mode: DEFAULT_PGTABLE_LEVEL };
}

function leaf(k: Linux, domain: IommuDomain, iova: DmaAddr): PhysAddr {
  let table = domain.root;
  for (let level = domain.mode; level > 1; level--) {
    const entry = entryAddress(table, iommuIndex(iova, level));
    const lo = k.tables.readLo(entry);
    if ((lo & IOMMU_PTE_PR) !== 0) {
      table = entryTarget(lo, k.tables.readHi(entry), sme_me_bit(k));
      continue;
    }
    table = alloc_table(k);
    const target = sme_set(k, table);
    const flags = IOMMU_PTE_PR + ((level - 1) << IOMMU_PTE_LEVEL_SHIFT);
    k.tables.write(entry, loWord(target) + flags, hiWord(target) + IOMMU_PTE_IR_HI + IOMMU_PTE_IW_HI);
  }
  return entryAddress(table, iommuIndex(iova, 1));
}

/** Makes the tables for an address: they are never freed, so that whether something was mapped once would tell states apart. */
export function preallocate_io_tables(k: Linux, domain: IommuDomain, iova: DmaAddr): void {
  leaf(k, domain, iova);
}

/** @ref include/linux/iommu.h (IOMMU_READ, IOMMU_WRITE, IOMMU_MMIO) */
export const IOMMU_READ: number = 1 << 0;
export const IOMMU_WRITE: number = 1 << 1;
export const IOMMU_MMIO: number = 1 << 4;

/**
 * Maps one page with the permissions of `prot`. MMIO gets the C-bit as RAM does, and then nothing answers at its address;
 * commit e2692c4eeaa4 leaves the bit out of it.   @ref drivers/iommu/amd/io_pgtable.c:383-392 (__sme_set)
 */
export function iommu_v1_map_page(k: Linux, domain: IommuDomain, iova: DmaAddr, frame: Pfn, prot: number): void {
  const mmio = (prot & IOMMU_MMIO) !== 0 && has(k, "e2692c4eeaa4");
  const target = mmio ? pfnToPhys(frame) : sme_set(k, pfnToPhys(frame));
  const allowed = ((prot & IOMMU_READ) !== 0 ? IOMMU_PTE_IR_HI : 0) + ((prot & IOMMU_WRITE) !== 0 ? IOMMU_PTE_IW_HI : 0);
  k.tables.write(leaf(k, domain, iova), loWord(target) + IOMMU_PTE_PR, hiWord(target) + IOMMU_PTE_FC_HI + allowed);
}

/** Removes one page. */
export function iommu_v1_unmap_page(k: Linux, domain: IommuDomain, iova: DmaAddr): void {
  k.tables.write(leaf(k, domain, iova), 0, 0);
}

/** The page that an IOVA is mapped to, without C-bit; null for none. @ref drivers/iommu/amd/io_pgtable.c:458-475 (iommu_v1_iova_to_phys) */
export function iommu_iova_to_phys(k: Linux, domain: IommuDomain, iova: DmaAddr): PhysAddr | null {
  const entry = leaf(k, domain, iova);
  const lo = k.tables.readLo(entry);
  return (lo & IOMMU_PTE_PR) === 0 ? null : entryTarget(lo, k.tables.readHi(entry), sme_me_bit(k));
}
