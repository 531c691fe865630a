// SPDX-License-Identifier: MIT
/**
 * drivers/gpu/drm/ttm/ttm_resource.c and ttm_range_manager.c: placements, and which pages of VRAM a buffer has.
 * ASSUMED (may miss bugs): all of VRAM is visible, so that every page of it can be reached through the BAR.
 * SIMPLIFIED (may miss bugs): a buffer has neighbouring pages of VRAM, first fit; no bus.addr, so each kernel map is an ioremap() of its own.
 */

import { type DmaAddr, dmaAddr, pfn, type Pfn } from "../../base/index.ts";
import type { Placement } from "../../kernel/index.ts";
import { buf_get, buf_set, CACHING_CODE, set_tt_dma_address, set_tt_page } from "../bufs.ts";
import { ENOSPC } from "../errno.ts";
import { BAR_FRAMES, BAR_PFN } from "../layout.ts";
import { type Linux, put } from "../linux.ts";
import { find_clear_run } from "../mm/vmalloc.ts";

/** @ref include/drm/ttm/ttm_placement.h:51-54 */
export const TTM_PL_SYSTEM = 0;
export const TTM_PL_TT = 1;
export const TTM_PL_VRAM = 2;

/** ttm_resource.mem_type of a contract's word. */
export const MEM_TYPE: Readonly<Record<Placement, number>> = { system: TTM_PL_SYSTEM, tt: TTM_PL_TT, vram: TTM_PL_VRAM };

/** ttm_resource_manager.use_tt: the data lies in pages of a ttm_tt. */
export function use_tt(mem_type: number): boolean {
  return mem_type !== TTM_PL_VRAM;
}

/** ttm_resource.bus.caching of VRAM, which io_mem_reserve() sets: WC unless the driver says otherwise. @ref drivers/gpu/drm/amd/amdgpu/amdgpu_vram_mgr.c:613-617 (caching), drivers/gpu/drm/vmwgfx/vmwgfx_ttm_buffer.c:452 (caching) */
export function bus_caching(k: Linux): number {
  return CACHING_CODE[k.driver.vramCaching ?? "wc"];
}

/** The address that memory sees: what the bus adds to it (dev->dma_range_map) it takes off again on the way. */
export function bus_address(k: Linux, address: number): DmaAddr {
  return dmaAddr(address - (k.driver.rangeOffset ?? 0));
}

function vram_bits(start: number, count: number): number {
  return ((1 << count) - 1) << start;
}

/** First page of a free run of VRAM, or -ENOSPC; nothing is taken yet. */
export function find_vram(k: Linux, num_pages: number): number {
  const beyond = -1 << BAR_FRAMES;
  const start = find_clear_run((k.s[k.layout.vram]! | beyond) >>> 0, num_pages);
  return start < 0 ? -ENOSPC : start;
}

/** Frame of the BAR that shows a page of VRAM. */
export function vram_frame(page: number): Pfn {
  return pfn(BAR_PFN + page);
}

/** Takes pages of VRAM: marks them, leaves the buffer alone. */
export function take_vram(k: Linux, start: number, num_pages: number): void {
  put(k, k.layout.vram, k.s[k.layout.vram]! | vram_bits(start, num_pages));
}

/** Gives pages of VRAM back, and forgets what was in them. */
export function free_vram(k: Linux, start: number, num_pages: number): void {
  clear_vram(k, start, num_pages);
  put(k, k.layout.vram, k.s[k.layout.vram]! & ~vram_bits(start, num_pages));
}

/** The buffer's pages are these pages of VRAM; the device reaches them without DMA. @ref drivers/gpu/drm/ttm/ttm_bo_util.c ttm_bo_assign_mem */
export function assign_vram(k: Linux, bo: number, start: number): void {
  const num_pages = buf_get(k, bo, "num_pages");
  buf_set(k, bo, "mem_type", TTM_PL_VRAM);
  buf_set(k, bo, "vram_start", start + 1);
  buf_set(k, bo, "device_mapped", 1);
  for (let i = 0; i < num_pages; i++) {
    set_tt_page(k, bo, i, vram_frame(start + i));
    set_tt_dma_address(k, bo, i, 0);
  }
}

/** The buffer has no pages any more; gives the first page of the VRAM that it had, which stays taken. */
export function detach_vram(k: Linux, bo: number): number {
  const start = buf_get(k, bo, "vram_start") - 1;
  buf_set(k, bo, "vram_start", 0);
  buf_set(k, bo, "device_mapped", 0);
  for (let i = 0; i < buf_get(k, bo, "num_pages"); i++) set_tt_page(k, bo, i, null);
  return start;
}

/** ASSUMED (may miss bugs): drivers clear new buffers in VRAM, and what was in freed ones is gone. */
export function clear_vram(k: Linux, start: number, num_pages: number): void {
  for (let i = 0; i < num_pages; i++) k.machine.memory.forget(vram_frame(start + i));
}
