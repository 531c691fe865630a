// SPDX-License-Identifier: MIT
/** kernel/dma/mapping.c: which implementation a device's DMA goes through. */

import { BIT, type DmaAddr, hiWord, loWord, type Pfn, pfn, pfnToPhys } from "../../base/index.ts";
import { banksOf } from "../../machine/index.ts";
import type { Linux } from "../linux.ts";
import { min_not_zero } from "../x86/mem-encrypt.ts";
import { DMA_MAPPING_ERROR, phys_to_dma_direct } from "./addresses.ts";
import { type DmaAllocation, dma_direct_alloc, dma_direct_free, dma_direct_map_page, dma_direct_unmap_page } from "./direct.ts";
import { iommu_dma_alloc, iommu_dma_free, iommu_dma_map_page, iommu_dma_unmap_page } from "./iommu.ts";

/** True where the default domain is a translated one. @ref include/linux/iommu-dma.h use_dma_iommu */
export function use_dma_iommu(k: Linux): boolean {
  return k.dev.dma_iommu;
}

/** Contiguous coherent memory of 2^order pages; null for -ENOMEM. @ref kernel/dma/mapping.c:592-633 */
export function dma_alloc_attrs(k: Linux, order: number): DmaAllocation | null {
  return use_dma_iommu(k) ? iommu_dma_alloc(k, order) : dma_direct_alloc(k, order);
}

/** @ref kernel/dma/mapping.c dma_free_attrs */
export function dma_free_attrs(k: Linux, order: number, allocation: DmaAllocation): void {
  if (use_dma_iommu(k)) iommu_dma_free(k, order, allocation);
  else dma_direct_free(k, order, allocation.first);
}

/** Maps whole pages for streaming; DMA_MAPPING_ERROR where that fails. @ref kernel/dma/mapping.c:155 */
export function dma_map_page_attrs(k: Linux, first: Pfn, size: number): DmaAddr {
  return use_dma_iommu(k) ? iommu_dma_map_page(k, first, size) : dma_direct_map_page(k, pfnToPhys(first), size);
}

/** @ref kernel/dma/mapping.c dma_unmap_page_attrs */
export function dma_unmap_page_attrs(k: Linux, address: DmaAddr, size: number, skip_cpu_sync: boolean): void {
  if (use_dma_iommu(k)) iommu_dma_unmap_page(k, address, size);
  else dma_direct_unmap_page(k, address, skip_cpu_sync);
}

/** @ref kernel/dma/mapping.c dma_mapping_error */
export function dma_mapping_error(address: DmaAddr): boolean {
  return address === DMA_MAPPING_ERROR;
}

function last_frame(k: Linux): Pfn {
  const last = banksOf({ ...k.layout.ram, bar: null }).at(-1)!;
  return pfn(last.firstPfn + last.frames - 1);
}

/** The mask that reaches all of RAM, C-bit included where addresses hold it. @ref kernel/dma/mapping.c:567-590, kernel/dma/direct.c:39-45 */
export function dma_get_required_mask(k: Linux): number {
  if (use_dma_iommu(k)) return BIT(32) - 1;
  const max_dma = phys_to_dma_direct(k, pfnToPhys(last_frame(k)));
  const top = hiWord(max_dma) !== 0 ? 63 - Math.clz32(hiWord(max_dma)) : 31 - Math.clz32(loWord(max_dma));
  return BIT(top + 1) - 1;
}

/** @ref kernel/dma/mapping.c:913-942 */
export function dma_addressing_limited(k: Linux): boolean {
  return min_not_zero(k.dev.dma_mask, k.dev.bus_dma_limit) < dma_get_required_mask(k);
}
