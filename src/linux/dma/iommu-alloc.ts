// SPDX-License-Identifier: MIT
/**
 * drivers/iommu/dma-iommu.c: memory for a device behind a translated domain. force_dma_unencrypted() is never asked here
 * and nothing is decrypted: the IOMMU driver puts the C-bit into each entry.
 */

import { hex, PAGE_SIZE, type Pfn, pfn, virtAddr, type VirtAddr } from "../../base/index.ts";
import { PAGE, pageAt } from "../layout.ts";
import { type Linux, note, put } from "../linux.ts";
import { zero_pages } from "../mm/memory.ts";
import { alloc_pages, free_pages } from "../mm/page-alloc.ts";
import { linear_address, VMALLOC_START } from "../mm/page-tables.ts";
import { vmap, vunmap } from "../mm/vmalloc.ts";
import { PAGE_KERNEL } from "../x86/pgtable.ts";
import { DMA_MAPPING_ERROR } from "./addresses.ts";
import { memzero_virtual } from "./copy.ts";
import { type AllocOptions, type DmaAllocation, get_order } from "./direct-alloc.ts";
import { __iommu_dma_unmap, iommu_dma_map_frames } from "./iommu.ts";
import { dma_alloc_from_pool, dma_direct_remap, dma_free_from_pool } from "./pool.ts";

/**
 * Pages from anywhere, in pieces as large as there are, split to single ones; a size that there was none of is not asked for again.
 * @param zero __GFP_ZERO   @ref drivers/iommu/dma-iommu.c:880-933 (__iommu_dma_alloc_pages)
 */
function alloc_scattered(k: Linux, count: number, zero: boolean): Pfn[] | null {
  const frames: Pfn[] = [];
  let order = get_order(count);
  while (frames.length < count) {
    order = Math.min(order, 31 - Math.clz32(count - frames.length));
    let first = alloc_pages(k, order, zero);
    while (first === null && order > 0) first = alloc_pages(k, --order, zero);
    if (first === null) {
      for (const frame of frames) free_pages(k, frame, 0);
      return null;
    }
    for (let i = 0; i < 1 << order; i++) frames.push(pfn(first + i));
  }
  return frames;
}

/**
 * Pages for dma_alloc_noncontiguous(), with dma_vmap_noncontiguous(): cleared only where the caller asks for it, which the operation does
 * not.   @ref drivers/iommu/dma-iommu.c:1057-1075 (iommu_dma_alloc_noncontiguous)
 */
export function iommu_dma_alloc_noncontiguous(k: Linux, pages: number): DmaAllocation | null {
  return iommu_dma_alloc_remap(k, pages, false);
}

/**
 * Scattered pages at neighbouring I/O virtual addresses and at one kernel address, encrypted in both.
 * @param zero __GFP_ZERO   @ref drivers/iommu/dma-iommu.c:1014-1040 (iommu_dma_alloc_remap)
 */
function iommu_dma_alloc_remap(k: Linux, pages: number, zero: boolean): DmaAllocation | null {
  const frames = alloc_scattered(k, pages, zero);
  if (frames === null) return null;
  const undo = (): null => {
    for (const frame of frames) free_pages(k, frame, 0);
    return null;
  };
  const handle = iommu_dma_map_frames(k, frames, k.dev.coherent_dma_mask);
  if (handle === DMA_MAPPING_ERROR) return undo();
  const cpu = vmap(k, frames, PAGE_KERNEL(k));
  if (cpu === 0) {
    __iommu_dma_unmap(k, handle, pages * PAGE_SIZE);
    return undo();
  }
  put(k, pageAt(k.layout, frames[0]!) + PAGE.remap, 1 + (cpu - VMALLOC_START) / PAGE_SIZE);
  note(k, "iommu_dma_alloc_remap", "drivers/iommu/dma-iommu.c:1014", `${pages} page(s) from pfn ${hex(frames[0]!)}, IOVA ${hex(handle)}, a vmap of them for the CPU`);
  return { first: frames[0]!, frames, handle, cpu };
}

/**
 * Contiguous pages with their linear mapping; a device that is not coherent gets a remap. Of the power of two that is allocated all is
 * cleared (__GFP_ZERO), then what was asked for once more through the address that the caller gets.   @ref drivers/iommu/dma-iommu.c:1615-1650 (iommu_dma_alloc_pages), drivers/iommu/dma-iommu.c:1661 (iommu_dma_alloc)
 */
function alloc_contiguous(k: Linux, pages: number): { first: Pfn; cpu: VirtAddr } | null {
  const first = alloc_pages(k, get_order(pages), true);
  if (first === null) return null;
  if (k.driver.nonCoherent !== true) {
    zero_pages(k, first, pages);
    return { first, cpu: linear_address(first) };
  }
  const cpu = vmap(k, Array.from({ length: pages }, (_, i) => pfn(first + i)), PAGE_KERNEL(k));
  if (cpu === 0) {
    free_pages(k, first, get_order(pages));
    return null;
  }
  put(k, pageAt(k.layout, first) + PAGE.remap, 1 + (cpu - VMALLOC_START) / PAGE_SIZE);
  memzero_virtual(k, cpu, pages);
  return { first, cpu };
}

/** Coherent memory behind an IOVA. @ref drivers/iommu/dma-iommu.c:1653-1688 (iommu_dma_alloc) */
export function iommu_dma_alloc(k: Linux, pages: number, o: AllocOptions): DmaAllocation | null {
  if (o.atomic !== true && o.force_contiguous !== true) return iommu_dma_alloc_remap(k, pages, true);
  const from_pool = dma_direct_remap(k) && o.atomic === true && k.driver.nonCoherent === true;
  const memory = from_pool ? dma_alloc_from_pool(k, pages, false, () => true) : alloc_contiguous(k, pages);
  return memory === null ? null : behind_iova(k, pages, memory.first, memory.cpu);
}

function behind_iova(k: Linux, pages: number, first: Pfn, cpu: VirtAddr): DmaAllocation | null {
  const frames = Array.from({ length: pages }, (_, i) => pfn(first + i));
  const handle = iommu_dma_map_frames(k, frames, k.dev.coherent_dma_mask);
  if (handle === DMA_MAPPING_ERROR) {
    free_memory(k, pages, { first, cpu, handle });
    return null;
  }
  note(k, "iommu_dma_alloc", "drivers/iommu/dma-iommu.c:1653", `${pages} page(s) at pfn ${hex(first)}, IOVA ${hex(handle)}`);
  return { first, handle, cpu };
}

/** dma_alloc_pages() behind an IOMMU: pages, then a streaming mapping of them. @ref kernel/dma/ops_helpers.c:61-91 (dma_common_alloc_pages) */
export function iommu_dma_alloc_pages(k: Linux, pages: number, _o: AllocOptions): DmaAllocation | null {
  const first = alloc_pages(k, get_order(pages), false);
  if (first === null) return null;
  const frames = Array.from({ length: pages }, (_, i) => pfn(first + i));
  const handle = iommu_dma_map_frames(k, frames, k.dev.dma_mask);
  if (handle === DMA_MAPPING_ERROR) {
    free_pages(k, first, get_order(pages));
    return null;
  }
  zero_pages(k, first, pages);
  note(k, "dma_common_alloc_pages", "kernel/dma/ops_helpers.c:61", `${pages} page(s) at pfn ${hex(first)}, IOVA ${hex(handle)}`);
  return { first, handle, cpu: linear_address(first) };
}

/** @ref drivers/iommu/dma-iommu.c:1577-1606 (__iommu_dma_free) */
function free_memory(k: Linux, pages: number, a: DmaAllocation): void {
  const at = pageAt(k.layout, a.first) + PAGE.remap;
  if (k.s[at] !== 0) {
    vunmap(k, virtAddr(VMALLOC_START + (k.s[at]! - 1) * PAGE_SIZE), pages);
    put(k, at, 0);
  } else if (dma_direct_remap(k) && a.cpu !== undefined && dma_free_from_pool(k, a.cpu, pages)) {
    return;
  }
  if (a.frames === undefined) free_pages(k, a.first, get_order(pages));
  else for (const frame of a.frames) free_pages(k, frame, 0);
}

/** Unmaps and frees. @ref drivers/iommu/dma-iommu.c:1608-1613 (iommu_dma_free) */
export function iommu_dma_free(k: Linux, pages: number, a: DmaAllocation): void {
  __iommu_dma_unmap(k, a.handle, pages * PAGE_SIZE);
  free_memory(k, pages, a);
}

