// SPDX-License-Identifier: MIT
/**
 * kernel/dma/direct.c: DMA without an IOMMU, or behind an identity domain.
 * Devices on x86 are coherent, so no cache is cleaned here and dma_pgprot() leaves protections alone.
 * SIMPLIFIED (may miss bugs): allocations may block (no atomic pool), lowmem only, no CMA, no restricted pools.
 */

import { type DmaAddr, hex, PAGE_SIZE, pageOffset, type Pfn, pfnToPhys, type PhysAddr, physToPfn } from "../../base/index.ts";
import { type Linux, note } from "../linux.ts";
import { alloc_pages, free_pages } from "../mm/page-alloc.ts";
import { zero_pages } from "../mm/memory.ts";
import { force_dma_unencrypted } from "../x86/mem-encrypt.ts";
import { set_memory_decrypted, set_memory_encrypted } from "../x86/set-memory.ts";
import { dma_capable, dma_coherent_ok, DMA_MAPPING_ERROR, dma_to_phys, phys_to_dma, phys_to_dma_direct } from "./addresses.ts";
import { is_swiotlb_active, is_swiotlb_force_bounce, swiotlb_map, swiotlb_tbl_unmap_single } from "./swiotlb.ts";

/** An allocation: its frames and how the device addresses them. */
export interface DmaAllocation {
  readonly first: Pfn;
  readonly handle: DmaAddr;
}

/** Why DMA is unencrypted, for the story. */
function forced_because(k: Linux): string {
  const { platform } = k.configuration;
  if (platform.guest) return "an encrypted guest: true for every device";
  return `the ${k.driver.coherentMaskBits}-bit coherent mask does not reach the C-bit, bit ${platform.cBit}: true`;
}

/** @ref kernel/dma/direct.c:79-84 */
function dma_set_decrypted(k: Linux, first: Pfn, pages: number): number {
  if (!force_dma_unencrypted(k)) return 0;
  note(k, "force_dma_unencrypted", "arch/x86/mm/mem_encrypt.c:20", forced_because(k));
  return set_memory_decrypted(k, first, pages);
}

/** @ref kernel/dma/direct.c:86-96 */
function dma_set_encrypted(k: Linux, first: Pfn, pages: number): number {
  if (!force_dma_unencrypted(k)) return 0;
  return set_memory_encrypted(k, first, pages);
}

/**
 * Coherent memory of 2^order pages: decrypted in the linear map where the device cannot use the key, cleared after
 * that. Null where there is no memory in reach of the coherent mask.   @ref kernel/dma/direct.c:206-314
 */
export function dma_direct_alloc(k: Linux, order: number): DmaAllocation | null {
  const pages = 1 << order;
  const first = alloc_pages(k, order, false);
  if (first === null) return null;
  if (!dma_coherent_ok(k, pfnToPhys(first), pages * PAGE_SIZE)) {
    free_pages(k, first, order);
    return null;
  }
  // On failure the pages are leaked on purpose: nobody knows what state they are in.
  if (dma_set_decrypted(k, first, pages) !== 0) return null;
  zero_pages(k, first, pages);
  const handle = phys_to_dma_direct(k, pfnToPhys(first));
  note(k, "dma_direct_alloc", "kernel/dma/direct.c:206", `${pages} page(s) at pfn ${hex(first)}, DMA address ${hex(handle)}`);
  return { first, handle };
}

/** Gives coherent memory back, encrypted again; leaks it where that fails. @ref kernel/dma/direct.c:316-357 */
export function dma_direct_free(k: Linux, order: number, first: Pfn): void {
  if (dma_set_encrypted(k, first, 1 << order) !== 0) return;
  free_pages(k, first, order);
}

/** Maps memory for streaming: in place, or through swiotlb where forced or where the address is out of reach. @ref kernel/dma/direct.h:83-112 */
export function dma_direct_map_page(k: Linux, phys: PhysAddr, size: number): DmaAddr {
  const address = phys_to_dma(k, phys);
  if (is_swiotlb_force_bounce(k)) return swiotlb_map(k, phys, size);
  if (!dma_capable(k, address, size)) {
    if (is_swiotlb_active(k)) return swiotlb_map(k, phys, size);
    note(k, "dma_direct_map_page", "kernel/dma/direct.h:83", `WARN: DMA addr ${hex(address)}+${size} overflow (mask ${hex(k.dev.dma_mask)})`);
    return DMA_MAPPING_ERROR;
  }
  note(k, "dma_direct_map_page", "kernel/dma/direct.h:83", `pfn ${hex(physToPfn(phys))} mapped in place, DMA address ${hex(address)}`);
  return address;
}

/** Ends a streaming mapping; a bounce slot is copied back unless `skip_cpu_sync`. @ref kernel/dma/direct.h:114-124 */
export function dma_direct_unmap_page(k: Linux, address: DmaAddr, skip_cpu_sync: boolean): void {
  const phys = dma_to_phys(k, address);
  swiotlb_tbl_unmap_single(k, physToPfn(phys), pageOffset(phys), skip_cpu_sync);
}
