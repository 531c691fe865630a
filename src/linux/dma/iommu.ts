// SPDX-License-Identifier: MIT
/**
 * drivers/iommu/dma-iommu.c: DMA through a translated domain. force_dma_unencrypted() is never asked here and nothing
 * is decrypted: the IOMMU driver puts the C-bit into each entry.
 * SIMPLIFIED (may miss bugs): trusted devices and page-aligned buffers, so nothing bounces; contiguous allocations only.
 */

import { assert, type DmaAddr, dmaAddr, hex, PAGE_SIZE, type Pfn, pfn } from "../../base/index.ts";
import { amd_iommu_domain_alloc, iommu_v1_map_page, iommu_v1_unmap_page } from "../iommu/amd-io-pgtable.ts";
import { type Linux, note } from "../linux.ts";
import { zero_pages } from "../mm/memory.ts";
import { alloc_pages, free_pages } from "../mm/page-alloc.ts";
import { find_clear_run } from "../mm/vmalloc.ts";
import { DMA_MAPPING_ERROR } from "./addresses.ts";
import type { DmaAllocation } from "./direct.ts";

/**
 * The I/O virtual addresses that the model hands out: the 32 pages that end below 4 GiB, since PCI devices get 32-bit
 * addresses first, from the top.   @ref drivers/iommu/dma-iommu.c:762-806
 */
const IOVA_BASE = 0x1_0000_0000 - 32 * PAGE_SIZE;

/** Attaches the device to a translated default domain. */
export function iommu_setup_dma_ops(k: Linux): void {
  k.iommu = amd_iommu_domain_alloc(k);
}

/** @ref drivers/iommu/dma-iommu.c (__iommu_dma_map) */
function iommu_dma_map(k: Linux, first: Pfn, pages: number): DmaAddr {
  assert(k.iommu !== null, "model: no translated domain");
  const at = find_clear_run(k.s[k.layout.iova]!, pages);
  if (at < 0) return DMA_MAPPING_ERROR;
  const iova = dmaAddr(IOVA_BASE + at * PAGE_SIZE);
  for (let i = 0; i < pages; i++) {
    k.s[k.layout.iova] = (k.s[k.layout.iova]! | (1 << (at + i))) >>> 0;
    iommu_v1_map_page(k, k.iommu, dmaAddr(iova + i * PAGE_SIZE), pfn(first + i));
  }
  return iova;
}

/** @ref drivers/iommu/dma-iommu.c (__iommu_dma_unmap) */
function iommu_dma_unmap(k: Linux, iova: DmaAddr, pages: number): void {
  assert(k.iommu !== null, "model: no translated domain");
  const at = (iova - IOVA_BASE) / PAGE_SIZE;
  for (let i = 0; i < pages; i++) {
    k.s[k.layout.iova] = (k.s[k.layout.iova]! & ~(1 << (at + i))) >>> 0;
    iommu_v1_unmap_page(k, k.iommu, dmaAddr(iova + i * PAGE_SIZE));
  }
}

/** Contiguous memory behind an IOVA; its linear mapping stays encrypted. @ref drivers/iommu/dma-iommu.c:1653-1688 */
export function iommu_dma_alloc(k: Linux, order: number): DmaAllocation | null {
  const first = alloc_pages(k, order, false);
  if (first === null) return null;
  zero_pages(k, first, 1 << order);
  const handle = iommu_dma_map(k, first, 1 << order);
  if (handle === DMA_MAPPING_ERROR) {
    free_pages(k, first, order);
    return null;
  }
  note(k, "iommu_dma_alloc", "drivers/iommu/dma-iommu.c:1653", `${1 << order} page(s) at pfn ${hex(first)}, IOVA ${hex(handle)}`);
  return { first, handle };
}

/** Unmaps and frees. */
export function iommu_dma_free(k: Linux, order: number, allocation: DmaAllocation): void {
  iommu_dma_unmap(k, allocation.handle, 1 << order);
  free_pages(k, allocation.first, order);
}

/** Maps memory for streaming, in place. @ref drivers/iommu/dma-iommu.c:1163-1221 */
export function iommu_dma_map_page(k: Linux, first: Pfn, size: number): DmaAddr {
  const handle = iommu_dma_map(k, first, size / PAGE_SIZE);
  if (handle !== DMA_MAPPING_ERROR) note(k, "iommu_dma_map_page", "drivers/iommu/dma-iommu.c:1163", `pfn ${hex(first)} mapped at IOVA ${hex(handle)}`);
  return handle;
}

/** Ends a streaming mapping. */
export function iommu_dma_unmap_page(k: Linux, iova: DmaAddr, size: number): void {
  iommu_dma_unmap(k, iova, size / PAGE_SIZE);
}
