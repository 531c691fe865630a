// SPDX-License-Identifier: MIT
/** kernel/dma/mapping.c: which implementation a device's DMA goes through. */

import { BIT, type DmaAddr, hiWord, loWord, PAGE_SIZE, type Pfn, pfnToPhys, type PhysAddr, physAddr, type VirtAddr } from "../../base/index.ts";
import type { DmaDirection } from "../../kernel/index.ts";
import type { Linux } from "../linux.ts";
import { vmf_insert_pfn_prot } from "../mm/memory.ts";
import { vm_get_page_prot } from "../x86/pgtable.ts";
import { min_not_zero } from "../x86/mem-encrypt.ts";
import { DMA_MAPPING_ERROR, phys_to_dma_direct } from "./addresses.ts";
import { type AllocOptions, type DmaAllocation, dma_direct_alloc, dma_direct_alloc_pages, dma_direct_free, dma_direct_free_pages } from "./direct-alloc.ts";
import { dma_direct_map_page, dma_direct_map_resource, dma_direct_mmap, dma_direct_supported, dma_direct_sync_single_for_cpu, dma_direct_sync_single_for_device, dma_direct_unmap_page, last_frame } from "./direct.ts";
import { iommu_dma_alloc, iommu_dma_alloc_noncontiguous, iommu_dma_alloc_pages, iommu_dma_free } from "./iommu-alloc.ts";
import { iommu_dma_map_page, iommu_dma_map_resource, iommu_dma_max_mapping_size, iommu_dma_mmap, iommu_dma_sync_single_for_cpu, iommu_dma_sync_single_for_device, iommu_dma_unmap_page, iommu_dma_unmap_resource } from "./iommu.ts";
import { type DmaAttrs, is_swiotlb_active, is_swiotlb_force_bounce, swiotlb_max_mapping_size } from "./swiotlb.ts";

export type { AllocOptions, DmaAllocation } from "./direct-alloc.ts";

/** True where the default domain is a translated one. @ref include/linux/iommu-dma.h use_dma_iommu */
export function use_dma_iommu(k: Linux): boolean {
  return k.dev.dma_iommu;
}

/** Coherent memory of 2^order pages, or of `o.pages`; null for -ENOMEM. TTM asks for contiguous memory. @ref kernel/dma/mapping.c:592-633 (dma_alloc_attrs) */
export function dma_alloc_attrs(k: Linux, order: number, o: AllocOptions = { force_contiguous: true }): DmaAllocation | null {
  const pages = o.pages ?? 1 << order;
  return use_dma_iommu(k) ? iommu_dma_alloc(k, pages, o) : dma_direct_alloc(k, pages, o);
}

/** @param o as at the allocation   @ref kernel/dma/mapping.c:636-668 (dma_free_attrs) */
export function dma_free_attrs(k: Linux, order: number, allocation: DmaAllocation, o: AllocOptions = {}): void {
  const pages = o.pages ?? 1 << order;
  if (use_dma_iommu(k)) iommu_dma_free(k, pages, allocation);
  else dma_direct_free(k, pages, allocation, o);
}

/** Contiguous pages with a linear mapping. @ref kernel/dma/mapping.c:671-692 (__dma_alloc_pages) */
export function dma_alloc_pages(k: Linux, pages: number, o: AllocOptions = {}): DmaAllocation | null {
  return use_dma_iommu(k) ? iommu_dma_alloc_pages(k, pages, o) : dma_direct_alloc_pages(k, pages, o);
}

/** @ref kernel/dma/mapping.c:711-723 (__dma_free_pages) */
export function dma_free_pages(k: Linux, pages: number, allocation: DmaAllocation): void {
  if (use_dma_iommu(k)) iommu_dma_free(k, pages, allocation);
  else dma_direct_free_pages(k, pages, allocation);
}

/** Pages from anywhere behind an IOMMU, with dma_vmap_noncontiguous(); one piece without. @ref kernel/dma/mapping.c:776-802 (dma_alloc_noncontiguous) */
export function dma_alloc_noncontiguous(k: Linux, pages: number, o: AllocOptions = {}): DmaAllocation | null {
  return use_dma_iommu(k) ? iommu_dma_alloc_noncontiguous(k, pages) : dma_direct_alloc_pages(k, pages, o);
}

/** User PTEs at the addresses of a vma over the pages of an allocation; false for -ENXIO. @ref kernel/dma/mapping.c:549-563 (dma_mmap_attrs) */
export function dma_mmap_attrs(k: Linux, vma: readonly VirtAddr[], frames: readonly Pfn[], handle: DmaAddr): boolean {
  if (!use_dma_iommu(k)) return dma_direct_mmap(k, vma, handle);
  iommu_dma_mmap(k, vma, frames);
  return true;
}

/**
 * The same over memory of dma_alloc_pages() and dma_alloc_noncontiguous(): the vma's protection as it is, encrypted, whether or not the memory
 * is decrypted.   @ref kernel/dma/mapping.c:728-738 (dma_mmap_pages), kernel/dma/mapping.c:831-837 (dma_mmap_noncontiguous)
 */
export function dma_mmap_pages(k: Linux, vma: readonly VirtAddr[], frames: readonly Pfn[]): void {
  vma.forEach((address, i) => vmf_insert_pfn_prot(k, address, frames[i]!, vm_get_page_prot(k)));
}

/** Maps bytes from the start of a frame, or from `offset` in it; DMA_MAPPING_ERROR where that fails. @ref kernel/dma/mapping.c:155-180 (dma_map_page_attrs) */
export function dma_map_page_attrs(k: Linux, first: Pfn, size: number, offset = 0, dir: DmaDirection = "bidirectional", attrs: DmaAttrs = {}): DmaAddr {
  const phys = physAddr(pfnToPhys(first) + offset);
  return use_dma_iommu(k) ? iommu_dma_map_page(k, phys, size, dir, attrs) : dma_direct_map_page(k, phys, size, dir, attrs);
}

/** @ref kernel/dma/mapping.c:182-200 (dma_unmap_page_attrs) */
export function dma_unmap_page_attrs(k: Linux, address: DmaAddr, size: number, skip_cpu_sync: boolean, dir: DmaDirection = "bidirectional"): void {
  if (use_dma_iommu(k)) iommu_dma_unmap_page(k, address, size, dir, { skip_cpu_sync });
  else dma_direct_unmap_page(k, address, size, dir, { skip_cpu_sync });
}

/** @ref kernel/dma/mapping.c:363-378 (__dma_sync_single_for_cpu) */
export function dma_sync_single_for_cpu(k: Linux, address: DmaAddr, size: number, dir: DmaDirection): void {
  if (use_dma_iommu(k)) iommu_dma_sync_single_for_cpu(k, address, size, dir);
  else dma_direct_sync_single_for_cpu(k, address, size, dir);
}

/** @ref kernel/dma/mapping.c:380-395 (__dma_sync_single_for_device) */
export function dma_sync_single_for_device(k: Linux, address: DmaAddr, size: number, dir: DmaDirection): void {
  if (use_dma_iommu(k)) iommu_dma_sync_single_for_device(k, address, size, dir);
  else dma_direct_sync_single_for_device(k, address, size, dir);
}

/** Maps memory of another device. @ref kernel/dma/mapping.c:321-342 (dma_map_resource) */
export function dma_map_resource(k: Linux, paddr: PhysAddr, size: number): DmaAddr {
  return use_dma_iommu(k) ? iommu_dma_map_resource(k, paddr, size) : dma_direct_map_resource(k, paddr, size);
}

/** @ref kernel/dma/mapping.c:345-361 (dma_unmap_resource) */
export function dma_unmap_resource(k: Linux, address: DmaAddr, size: number): void {
  if (use_dma_iommu(k)) iommu_dma_unmap_resource(k, address, size);
}

/** One piece of a scatterlist. */
export interface Segment {
  readonly first: Pfn;
  readonly offset: number;
  readonly size: number;
}

/**
 * Maps each piece by itself; what was mapped is undone, without copying back, where one fails: null for -EIO.
 * SIMPLIFIED (may miss bugs): behind an IOMMU pieces are not joined to one range of addresses, which only untrusted devices do without.
 * @ref kernel/dma/direct.c:463-505 (dma_direct_map_sg), drivers/iommu/dma-iommu.c:1344-1365 (iommu_dma_map_sg_swiotlb)
 */
export function dma_map_sg_attrs(k: Linux, segments: readonly Segment[], dir: DmaDirection, attrs: DmaAttrs): DmaAddr[] | null {
  const done: DmaAddr[] = [];
  for (const { first, offset, size } of segments) {
    const address = dma_map_page_attrs(k, first, size, offset, dir, attrs);
    if (address === DMA_MAPPING_ERROR) {
      done.forEach((each, i) => dma_unmap_page_attrs(k, each, segments[i]!.size, true, dir));
      return null;
    }
    done.push(address);
  }
  return done;
}

/** @ref kernel/dma/mapping.c dma_mapping_error */
export function dma_mapping_error(address: DmaAddr): boolean {
  return address === DMA_MAPPING_ERROR;
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

/** Bytes that one mapping may have; Infinity stands for SIZE_MAX. @ref kernel/dma/mapping.c:944-955 (dma_max_mapping_size), kernel/dma/direct.c:637-644 (dma_direct_max_mapping_size) */
export function dma_max_mapping_size(k: Linux): number {
  if (use_dma_iommu(k)) return iommu_dma_max_mapping_size(k);
  return is_swiotlb_active(k) && (dma_addressing_limited(k) || is_swiotlb_force_bounce(k)) ? swiotlb_max_mapping_size(k) : Infinity;
}

/** Whether dma_set_mask() and dma_set_coherent_mask() take a mask. @ref kernel/dma/mapping.c:844-880 (dma_supported) */
export function dma_supported(k: Linux, mask: number): boolean {
  return use_dma_iommu(k) || dma_direct_supported(k, mask);
}

/** Pages that `bytes` from `offset` on touch. */
export const pages_of = (offset: number, bytes: number): number => Math.ceil((offset + bytes) / PAGE_SIZE);
