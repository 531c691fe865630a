// SPDX-License-Identifier: MIT
/**
 * kernel/dma/swiotlb.c: the bounce buffer. Its pool is decrypted at boot; copying in and out is the only step at
 * which data changes between encrypted and plain.
 * SIMPLIFIED (may miss bugs): whole pages (a page-sized or larger mapping is page aligned, kernel/dma/swiotlb.c:1067-1076), one area, first fit.
 */

import { assert, type DmaAddr, hex, PAGE_SHIFT, PAGE_SIZE, type Pfn, pfn, pfnToPhys, type PhysAddr, physToPfn } from "../../base/index.ts";
import { SLOT, slotAt } from "../layout.ts";
import { type Linux, note } from "../linux.ts";
import { copy_page } from "../mm/memory.ts";
import { alloc_pages } from "../mm/page-alloc.ts";
import { set_memory_decrypted } from "../x86/set-memory.ts";
import { dma_capable, DMA_MAPPING_ERROR, phys_to_dma_unencrypted } from "./addresses.ts";

/** Longest mapping: IO_TLB_SEGSIZE slots of 2 KiB. @ref include/linux/swiotlb.h:26-33 */
const MAX_MAPPING_BYTES = 128 * 2048;

/** Takes the pool at boot and decrypts it. @ref kernel/dma/swiotlb.c:355-424 (swiotlb_init_remap), kernel/dma/swiotlb.c:259-268 (swiotlb_update_mem_attributes) */
export function swiotlb_init(k: Linux): void {
  if (!k.swiotlb.enabled) return;
  const first = alloc_pages(k, Math.ceil(Math.log2(k.swiotlb.frames)), true, true);
  assert(first !== null, "model: no room for swiotlb");
  k.swiotlb.firstPfn = first;
  set_memory_decrypted(k, first, k.swiotlb.frames);
}

/** @ref include/linux/swiotlb.h is_swiotlb_active */
export function is_swiotlb_active(k: Linux): boolean {
  return k.swiotlb.enabled;
}

/** @ref include/linux/swiotlb.h is_swiotlb_force_bounce */
export function is_swiotlb_force_bounce(k: Linux): boolean {
  return k.swiotlb.force_bounce;
}

/** True where a frame belongs to the pool. */
export function is_swiotlb_buffer(k: Linux, frame: Pfn): boolean {
  return k.swiotlb.enabled && frame >= k.swiotlb.firstPfn && frame < k.swiotlb.firstPfn + k.swiotlb.frames;
}

const slot_orig = (k: Linux, page: number): number => slotAt(k.layout, page) + SLOT.orig;
const slot_pages = (k: Linux, page: number): number => slotAt(k.layout, page) + SLOT.pages;

function swiotlb_find_slots(k: Linux, pages: number): number {
  for (let at = 0; at + pages <= k.swiotlb.frames; at++) {
    let free = true;
    for (let i = 0; i < pages; i++) free &&= k.s[slot_orig(k, at + i)] === 0;
    if (free) return at;
  }
  return -1;
}

/** Copies page by page, through the linear map on both sides. @ref kernel/dma/swiotlb.c:866-945 */
function swiotlb_bounce(k: Linux, at: number, pages: number, to_slot: boolean): void {
  for (let i = 0; i < pages; i++) {
    const slot = pfn(k.swiotlb.firstPfn + at + i);
    const orig = pfn(k.s[slot_orig(k, at + i)]! - 1);
    if (to_slot) copy_page(k, slot, orig);
    else copy_page(k, orig, slot);
  }
}

/**
 * Bounces a buffer: takes slots, copies the buffer in whatever the direction, and gives the slot's plain address.
 * @ref kernel/dma/swiotlb.c:1599-1626 (swiotlb_map), kernel/dma/swiotlb.c:1392-1464 (swiotlb_tbl_map_single)
 */
export function swiotlb_map(k: Linux, phys: PhysAddr, size: number): DmaAddr {
  const pages = Math.ceil(size / PAGE_SIZE);
  const at = size > MAX_MAPPING_BYTES ? -1 : swiotlb_find_slots(k, pages);
  if (at < 0) {
    note(k, "swiotlb_tbl_map_single", "kernel/dma/swiotlb.c:1430", `swiotlb buffer is full (sz: ${size} bytes)`);
    return DMA_MAPPING_ERROR;
  }
  for (let i = 0; i < pages; i++) k.s[slot_orig(k, at + i)] = physToPfn(phys) + i + 1;
  k.s[slot_pages(k, at)] = pages;
  swiotlb_bounce(k, at, pages, true);
  const address = phys_to_dma_unencrypted(k, pfnToPhys(pfn(k.swiotlb.firstPfn + at)));
  if (!dma_capable(k, address, size)) {
    release_slots(k, at);
    return DMA_MAPPING_ERROR;
  }
  note(k, "swiotlb_map", "kernel/dma/swiotlb.c:1599", `pfn 0x${(phys / 2 ** PAGE_SHIFT).toString(16)} bounced to the slot at DMA address ${hex(address)}`);
  return address;
}

function release_slots(k: Linux, at: number): void {
  const pages = k.s[slot_pages(k, at)]!;
  for (let i = 0; i < pages; i++) k.s[slot_orig(k, at + i)] = 0;
  k.s[slot_pages(k, at)] = 0;
}

/** Copies back (unless told not to) and frees the slots; nothing for an address outside the pool. @ref kernel/dma/swiotlb.c:1558 */
export function swiotlb_tbl_unmap_single(k: Linux, frame: Pfn, offset: number, skip_cpu_sync: boolean): void {
  if (!is_swiotlb_buffer(k, frame)) return;
  assert(offset === 0, "model: bounced mappings are page aligned");
  const at = frame - k.swiotlb.firstPfn;
  if (!skip_cpu_sync) swiotlb_bounce(k, at, k.s[slot_pages(k, at)]!, false);
  release_slots(k, at);
}
