// SPDX-License-Identifier: MIT
/**
 * kernel/dma/swiotlb.c: the bounce buffer. Its pool is decrypted at boot; copying in and out is the only step at
 * which data changes between encrypted and plain.
 */

import { assert, type DmaAddr, dmaAddr, hex, PAGE_SIZE, type Pfn, pfn, pfnToPhys, type PhysAddr, physAddr, physToPfn } from "../../base/index.ts";
import type { DmaDirection } from "../../kernel/index.ts";
import { has, type Linux, note, warn } from "../linux.ts";
import { alloc_pages, free_pages } from "../mm/page-alloc.ts";
import { device_cc_accepted } from "../x86/mem-encrypt.ts";
import { set_memory_decrypted, set_memory_encrypted } from "../x86/set-memory.ts";
import { dma_capable, DMA_MAPPING_ERROR, phys_to_dma_unencrypted } from "./addresses.ts";
import { memcpy_phys } from "./copy.ts";
import { find_slots_fails, forget_contents, min_align_mask, type IoTlbPool, mem_nslabs, mem_used, slot_of, swiotlb_align_offset, swiotlb_find_pool, swiotlb_pools, swiotlb_release_slots, swiotlb_save_orig, swiotlb_search_pool_area } from "./swiotlb-pool.ts";
import { swiotlb_del_transient, swiotlb_grow } from "./swiotlb-dynamic.ts";
import { IO_TLB_SEGSIZE, IO_TLB_SIZE, nr_slots } from "./swiotlb-size.ts";

/** DMA_ATTR_* of a mapping, as far as the model knows them. @ref include/linux/dma-mapping.h */
export interface DmaAttrs {
  readonly skip_cpu_sync?: boolean;
  /** Proposed: the buffer is shared already. */
  readonly cc_shared?: boolean;
  readonly no_warn?: boolean;
}

const pool_order = (k: Linux): number => Math.ceil(Math.log2(k.swiotlb.frames));

/**
 * Takes the pool at boot and decrypts it; whether that worked is not asked, unless commit ad8d2326d264 is there, which then
 * has no pool.   @ref kernel/dma/swiotlb.c:355-424 (swiotlb_init_remap), kernel/dma/swiotlb.c:259-268 (swiotlb_update_mem_attributes)
 */
export function swiotlb_init(k: Linux): void {
  if (!k.swiotlb.enabled) return;
  const first = alloc_pages(k, pool_order(k), true, true);
  assert(first !== null, "model: no room for swiotlb");
  const error = set_memory_decrypted(k, first, k.swiotlb.frames);
  if (error !== 0 && has(k, "ad8d2326d264")) return;
  k.swiotlb.firstPfn = first;
  for (const pool of swiotlb_pools(k)) forget_contents(k, pool, 0, pool.nslabs);
}

/** Takes the pool down; its pages are freed whatever became of encrypting them, unless commit ad8d2326d264 is there. @ref kernel/dma/swiotlb.c:524-558 (swiotlb_exit) */
export function swiotlb_exit(k: Linux): void {
  if (!is_swiotlb_active(k) || k.configuration.swiotlb === "force") return;
  const first = k.swiotlb.firstPfn;
  const error = set_memory_encrypted(k, first, k.swiotlb.frames);
  if (error === 0 || !has(k, "ad8d2326d264")) free_pages(k, first, pool_order(k));
  k.swiotlb.firstPfn = pfn(-1);
}

/** @ref kernel/dma/swiotlb.c:1655-1660 (is_swiotlb_active) */
export function is_swiotlb_active(k: Linux): boolean {
  return k.swiotlb.enabled && k.swiotlb.firstPfn >= 0;
}

/** @ref include/linux/swiotlb.h:172-177 (is_swiotlb_force_bounce) */
export function is_swiotlb_force_bounce(k: Linux): boolean {
  return k.swiotlb.force_bounce && !device_cc_accepted(k);
}

/** True with a restricted-dma-pool, which coherent memory comes from as well. @ref include/linux/swiotlb.h:288-291 (is_swiotlb_for_alloc) */
export function is_swiotlb_for_alloc(k: Linux): boolean {
  return k.configuration.swiotlb === "restricted" && is_swiotlb_active(k);
}

export { is_swiotlb_buffer } from "./swiotlb-pool.ts";

/** Bytes that one mapping may have. @ref kernel/dma/swiotlb.c:1628-1643 (swiotlb_max_mapping_size) */
export function swiotlb_max_mapping_size(k: Linux): number {
  const mask = min_align_mask(k);
  return IO_TLB_SIZE * IO_TLB_SEGSIZE - Math.ceil(mask / IO_TLB_SIZE) * IO_TLB_SIZE;
}

/** Where in the original a byte of the pool belongs, and how much of the mapping is left from there; null for nowhere. */
function origin(k: Linux, pool: IoTlbPool, tlb_addr: PhysAddr): { orig: number; left: number } | null {
  const { orig_addr, alloc_size } = slot_of(k, pool, Math.floor((tlb_addr - pool.start) / IO_TLB_SIZE));
  if (orig_addr === 0) return null;
  const tlb_offset = (tlb_addr % IO_TLB_SIZE) - swiotlb_align_offset(k, 0, orig_addr);
  // Before commit e8068f2d756d a sync could not begin in the part of a slot that lies below the original's offset.
  if (!has(k, "e8068f2d756d") && tlb_offset < 0) {
    warn(k, "swiotlb_bounce", "kernel/dma/swiotlb.c:866", "Access before mapping start detected");
    return null;
  }
  // Before commit 5f89468e2f06 what lies between the slot's first byte and the address was not counted.
  if (!has(k, "5f89468e2f06")) return { orig: orig_addr, left: alloc_size };
  return { orig: orig_addr + tlb_offset, left: alloc_size - tlb_offset };
}

/** Copies between a slot and what it stands for, through the linear map on both sides. @ref kernel/dma/swiotlb.c:866-945 (swiotlb_bounce) */
function swiotlb_bounce(k: Linux, tlb_addr: PhysAddr, requested: number, to_slot: boolean, pool: IoTlbPool): void {
  const place = origin(k, pool, tlb_addr);
  if (place === null) return;
  if (requested > place.left) warn(k, "swiotlb_bounce", "kernel/dma/swiotlb.c:895", `Buffer overflow detected. Allocation size: ${place.left}. Mapping size: ${requested}`);
  const size = Math.min(requested, place.left);
  k.costs.bouncedBytes += size;
  if (to_slot) memcpy_phys(k, tlb_addr, place.orig, size);
  else memcpy_phys(k, place.orig, tlb_addr, size);
}

function swiotlb_find_slots(k: Linux, orig_addr: PhysAddr, alloc_size: number, alloc_align_mask: number): { pool: IoTlbPool; index: number } | null {
  if (find_slots_fails(k) || alloc_size > IO_TLB_SEGSIZE * IO_TLB_SIZE) return null;
  for (const pool of swiotlb_pools(k)) {
    if (pool.transient) continue;
    const index = swiotlb_search_pool_area(k, pool, orig_addr, alloc_size, alloc_align_mask);
    if (index >= 0) return { pool, index };
  }
  return k.configuration.swiotlb === "dynamic" ? swiotlb_grow(k, orig_addr, alloc_size, alloc_align_mask) : null;
}

/** Where a cell stands for a page, mappings do not share pages. */
const cell_align_mask = (k: Linux): number => (k.machine.memory.stride > IO_TLB_SIZE ? k.machine.memory.stride - 1 : 0);

/**
 * Takes slots and copies the buffer in, whatever the direction; the address of its first byte in the pool, or
 * DMA_MAPPING_ERROR.   @ref kernel/dma/swiotlb.c:1392-1464 (swiotlb_tbl_map_single)
 */
export function swiotlb_tbl_map_single(k: Linux, orig_addr: PhysAddr, mapping_size: number, requested_mask: number, dir: DmaDirection, attrs: DmaAttrs): PhysAddr {
  if (!is_swiotlb_active(k)) {
    note(k, "swiotlb_tbl_map_single", "kernel/dma/swiotlb.c:1404", "Can not allocate SWIOTLB buffer earlier and can't now provide you with the DMA bounce buffer");
    return physAddr(DMA_MAPPING_ERROR);
  }
  const alloc_align_mask = requested_mask | cell_align_mask(k);
  const padding = swiotlb_align_offset(k, alloc_align_mask, orig_addr);
  const size = Math.ceil((mapping_size + padding) / (alloc_align_mask + 1)) * (alloc_align_mask + 1);
  const found = swiotlb_find_slots(k, orig_addr, size, alloc_align_mask);
  if (found === null) {
    if (attrs.no_warn !== true) note(k, "swiotlb_tbl_map_single", "kernel/dma/swiotlb.c:1430", `swiotlb buffer is full (sz: ${size} bytes), total ${mem_nslabs(k)} (slots), used ${mem_used(k)} (slots)`);
    return physAddr(DMA_MAPPING_ERROR);
  }
  const pad_slots = Math.floor(padding / IO_TLB_SIZE);
  const index = found.index + pad_slots;
  swiotlb_save_orig(k, found.pool, index, nr_slots(size) - pad_slots, pad_slots, orig_addr);
  const tlb_addr = physAddr(found.pool.start + index * IO_TLB_SIZE + (padding % IO_TLB_SIZE));
  // Before commit 901c7280ca0d only what the device reads was copied in: what was in the slots came back as its writing.
  const copy_in = has(k, "901c7280ca0d") || has(k, "ddbd89deb7d3") || (dir !== "from_device" && attrs.skip_cpu_sync !== true);
  if (copy_in) swiotlb_bounce(k, tlb_addr, mapping_size, true, found.pool);
  return tlb_addr;
}

/** Copies back where the device may have written (unless told not to) and frees the slots; nothing for an address outside. @ref kernel/dma/swiotlb.c:1558-1573 (__swiotlb_tbl_unmap_single) */
export function swiotlb_tbl_unmap_single(k: Linux, tlb_addr: PhysAddr, size: number, dir: DmaDirection, attrs: DmaAttrs): void {
  const pool = swiotlb_find_pool(k, tlb_addr);
  if (pool === null) return;
  if (attrs.skip_cpu_sync !== true && dir !== "to_device") swiotlb_bounce(k, tlb_addr, size, false, pool);
  const release = (): void => swiotlb_release_slots(k, pool, tlb_addr);
  if (!swiotlb_del_transient(k, pool, release)) release();
}

/** @ref kernel/dma/swiotlb.c:1575-1583 (__swiotlb_sync_single_for_device) */
export function swiotlb_sync_single_for_device(k: Linux, tlb_addr: PhysAddr, size: number, dir: DmaDirection): void {
  const pool = swiotlb_find_pool(k, tlb_addr);
  // Commit ddbd89deb7d3, taken back soon after, overwrote what the device had written with what was in the buffer.
  if (pool !== null && (dir !== "from_device" || has(k, "ddbd89deb7d3"))) swiotlb_bounce(k, tlb_addr, size, true, pool);
}

/** @ref kernel/dma/swiotlb.c:1585-1593 (__swiotlb_sync_single_for_cpu) */
export function swiotlb_sync_single_for_cpu(k: Linux, tlb_addr: PhysAddr, size: number, dir: DmaDirection): void {
  const pool = swiotlb_find_pool(k, tlb_addr);
  if (pool !== null && dir !== "to_device") swiotlb_bounce(k, tlb_addr, size, false, pool);
}

/** Bounces a buffer and gives the plain address of its copy. @ref kernel/dma/swiotlb.c:1599-1626 (swiotlb_map) */
export function swiotlb_map(k: Linux, paddr: PhysAddr, size: number, dir: DmaDirection = "bidirectional", attrs: DmaAttrs = {}): DmaAddr {
  const swiotlb_addr = swiotlb_tbl_map_single(k, paddr, size, 0, dir, attrs);
  if (swiotlb_addr === (DMA_MAPPING_ERROR as number)) return DMA_MAPPING_ERROR;
  const address = phys_to_dma_unencrypted(k, swiotlb_addr);
  if (!dma_capable(k, address, size)) {
    swiotlb_tbl_unmap_single(k, swiotlb_addr, size, dir, { skip_cpu_sync: true });
    warn(k, "swiotlb_map", "kernel/dma/swiotlb.c:1617", `swiotlb addr ${hex(address)}+${size} overflow (mask ${hex(k.dev.dma_mask)})`);
    return DMA_MAPPING_ERROR;
  }
  note(k, "swiotlb_map", "kernel/dma/swiotlb.c:1599", `pfn ${hex(physToPfn(paddr))} bounced to the slot at DMA address ${hex(address)}`);
  return dmaAddr(address);
}

/** Pages of a restricted pool for coherent memory; null where there are none. @ref kernel/dma/swiotlb.c:1778-1806 (swiotlb_alloc) */
export function swiotlb_alloc(k: Linux, pages: number): Pfn | null {
  const bytes = pages * PAGE_SIZE;
  const align = 2 ** Math.ceil(Math.log2(pages)) * PAGE_SIZE - 1;
  const found = swiotlb_find_slots(k, physAddr(0), bytes, align);
  if (found === null) return null;
  const tlb_addr = physAddr(found.pool.start + found.index * IO_TLB_SIZE);
  // Checked since the same series as commit 04867a7a3332; before, the address was rounded down to a page.
  if (has(k, "04867a7a3332") && tlb_addr % PAGE_SIZE !== 0) {
    warn(k, "swiotlb_alloc", "kernel/dma/swiotlb.c:1798", `Cannot allocate pages from non page-aligned swiotlb addr ${hex(tlb_addr)}`);
    swiotlb_release_slots(k, found.pool, tlb_addr);
    return null;
  }
  return physToPfn(tlb_addr);
}

/** Gives such pages back; false for pages that are not of the pool. @ref kernel/dma/swiotlb.c:1808-1822 (swiotlb_free) */
export function swiotlb_free(k: Linux, first: Pfn): boolean {
  const pool = swiotlb_find_pool(k, pfnToPhys(first));
  if (pool === null) return false;
  swiotlb_release_slots(k, pool, pfnToPhys(first));
  return true;
}
