// SPDX-License-Identifier: MIT
/**
 * Buffers over pages that are not TTM's (TTM_TT_FLAG_EXTERNAL): attached dma-bufs, and pinned user memory. Both are mapped once for
 * streaming DMA and kept mapped; nobody syncs them unless the driver does.
 */

import { PAGE_SIZE } from "../../base/index.ts";
import { buf_get, buf_set, BUF_FLAG_USERPTR, CACHED, clear_buf, set_tt_page, tt_dma_address, tt_page } from "../bufs.ts";
import { dma_sync_single_for_cpu, dma_sync_single_for_device } from "../dma/mapping.ts";
import { EINVAL } from "../errno.ts";
import { BUF_BO, BUF_COHERENT, BUF_NONE, BUF_PAGES, MAX_BUFS } from "../layout.ts";
import { type Linux, note } from "../linux.ts";
import { vm_get_page_prot } from "../x86/pgtable.ts";
import { insert_user_pte, unmap_user_ptes } from "./bo-vm.ts";
import { TTM_PL_TT, use_tt } from "./resource.ts";
import { segments } from "./sgtable.ts";
import { device_maps, tt_is_external, ttm_tt_create, ttm_tt_populate } from "./tt.ts";

/** Makes a buffer over all pages of another, not mapped for the device yet. */
function borrow(k: Linux, bo: number, from: number, flags: number): void {
  const num_pages = buf_get(k, from, "num_pages");
  buf_set(k, bo, "kind", BUF_BO);
  buf_set(k, bo, "num_pages", num_pages);
  buf_set(k, bo, "caching", CACHED);
  buf_set(k, bo, "mem_type", TTM_PL_TT);
  buf_set(k, bo, "from", from + 1);
  buf_set(k, bo, "flags", flags);
  ttm_tt_create(k, bo, false, true);
  for (let page = 0; page < num_pages; page++) set_tt_page(k, bo, page, tt_page(k, from, page));
}

/** True where a buffer can be lent: its pages are there. A BO of TTM's must be in system memory and be its own. */
function can_lend(k: Linux, from: number, kinds: readonly number[]): boolean {
  if (from >= MAX_BUFS || !kinds.includes(buf_get(k, from, "kind"))) return false;
  if (buf_get(k, from, "kind") === BUF_BO && (!use_tt(buf_get(k, from, "mem_type")) || tt_is_external(k, from))) return false;
  return tt_page(k, from, 0) !== null;
}

/**
 * Attaches a dma-buf: the exporter maps its pages for our device, dma_map_sgtable() with DMA_BIDIRECTIONAL. The exporter is the system
 * heap (pages of the page allocator), a driver with coherent memory, or another driver that uses TTM. -EINVAL where there is none, -EIO
 * where the pages cannot be mapped.
 * @ref drivers/dma-buf/heaps/system_heap.c:120-137 (system_heap_map_dma_buf), drivers/gpu/drm/amd/amdgpu/amdgpu_dma_buf.c:219 (dma_map_sgtable)
 */
export function bo_import(k: Linux, bo: number, from: number): number {
  if (buf_get(k, bo, "kind") !== BUF_NONE || !can_lend(k, from, [BUF_PAGES, BUF_COHERENT, BUF_BO]) || !device_maps(k)) return -EINVAL;
  borrow(k, bo, from, 0);
  note(k, "dma_buf_map_attachment", "drivers/dma-buf/dma-buf.c:1112", `pages of buffer ${from}, mapped for streaming DMA`);
  const error = ttm_tt_populate(k, bo);
  if (error !== 0) clear_buf(k, bo);
  return error;
}

/**
 * Pins user memory and maps it for the device. The process keeps its own mapping, with its own protection: encrypted.
 * @ref drivers/gpu/drm/amd/amdgpu/amdgpu_ttm.c:829-863 (amdgpu_ttm_tt_pin_userptr)
 */
export function bo_userptr(k: Linux, bo: number, from: number): number {
  if (buf_get(k, bo, "kind") !== BUF_NONE || !can_lend(k, from, [BUF_PAGES]) || !device_maps(k)) return -EINVAL;
  borrow(k, bo, from, BUF_FLAG_USERPTR);
  for (let page = 0; page < buf_get(k, bo, "num_pages"); page++) insert_user_pte(k, bo, page, vm_get_page_prot(k));
  note(k, "amdgpu_ttm_tt_pin_userptr", "drivers/gpu/drm/amd/amdgpu/amdgpu_ttm.c:829", `user pages of buffer ${from}, mapped for streaming DMA`);
  const error = ttm_tt_populate(k, bo);
  if (error === 0) return 0;
  unmap_user_ptes(k, bo);
  clear_buf(k, bo);
  return error;
}

/**
 * A driver's own sync of a buffer before the CPU or the device turns to it, as nouveau does; nothing for drivers that have none, for VRAM,
 * and for tables without pages. Each way has its own direction, so what swiotlb copies is never overwritten by the other side's past.
 * @ref drivers/gpu/drm/nouveau/nouveau_bo.c:616-649 (nouveau_bo_sync_for_device), drivers/gpu/drm/nouveau/nouveau_bo.c:652-685 (nouveau_bo_sync_for_cpu)
 */
export function bo_sync(k: Linux, bo: number, whom: "cpu" | "device"): number {
  if (k.driver.ownSync !== true || !use_tt(buf_get(k, bo, "mem_type")) || tt_is_external(k, bo) || buf_get(k, bo, "device_mapped") === 0) return 0;
  for (const [at, pages] of segments(k, bo)) {
    const address = tt_dma_address(k, bo, at);
    if (whom === "cpu") dma_sync_single_for_cpu(k, address, pages * PAGE_SIZE, "from_device");
    else dma_sync_single_for_device(k, address, pages * PAGE_SIZE, "to_device");
  }
  return 0;
}
