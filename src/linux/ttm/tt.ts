// SPDX-License-Identifier: MIT
/** drivers/gpu/drm/ttm/ttm_tt.c, with the driver's own mapping where it has one. SIMPLIFIED (may miss bugs): no swap, no page limits. */

import { PAGE_SIZE } from "../../base/index.ts";
import { dma_map_page_attrs, dma_mapping_error, dma_unmap_page_attrs } from "../dma/mapping.ts";
import { EIO } from "../errno.ts";
import { type Linux, note } from "../linux.ts";
import { buf_get, buf_set, set_tt_dma_address, tt_dma_address, tt_page, TTM_TT_FLAG_DECRYPTED, TTM_TT_FLAG_PRIV_POPULATED, TTM_TT_FLAG_ZERO_ALLOC } from "../bufs.ts";
import { ttm_pool_alloc, ttm_pool_free } from "./pool.ts";

/** True where the pool fills dma_address[] (ttm_sg_tt_init), false where the driver maps by itself. */
export function pool_maps(k: Linux): boolean {
  return k.driver.tt === "ttm_sg_tt_init" && !driver_maps(k);
}

/** True where the driver calls dma_map_sgtable() itself. */
export function driver_maps(k: Linux): boolean {
  return k.driver.ownMapping === "always" || (k.driver.ownMapping === "without-dma-alloc" && !k.use_dma_alloc);
}

/** Flags of a new tt of a ttm_bo_type_device buffer: cleared pages, and where the policy decides. @ref drivers/gpu/drm/ttm/ttm_tt.c:64-108 */
export function ttm_tt_create(k: Linux, bo: number): void {
  const decrypted = k.policy.tt_decrypted(k);
  if (decrypted) note(k, "ttm_tt_create", "drivers/gpu/drm/ttm/ttm_tt.c:94", "TTM_TT_FLAG_DECRYPTED set");
  buf_set(k, bo, "page_flags", TTM_TT_FLAG_ZERO_ALLOC | (decrypted ? TTM_TT_FLAG_DECRYPTED : 0));
}

export function ttm_tt_is_populated(k: Linux, bo: number): boolean {
  return (buf_get(k, bo, "page_flags") & TTM_TT_FLAG_PRIV_POPULATED) !== 0;
}

/** Runs of neighbouring frames, as sg_alloc_table_from_pages() merges them: [first page, pages]. @ref lib/scatterlist.c */
function segments(k: Linux, bo: number): readonly (readonly [number, number])[] {
  const runs: [number, number][] = [];
  for (let i = 0; i < buf_get(k, bo, "num_pages"); i++) {
    const last = runs.at(-1);
    if (last !== undefined && tt_page(k, bo, i) === tt_page(k, bo, last[0])! + last[1]) last[1]++;
    else runs.push([i, 1]);
  }
  return runs;
}

/**
 * dma_map_sgtable() over the tt's pages. A driver's DMA_ATTR_SKIP_CPU_SYNC changes nothing here: devices are coherent, and
 * swiotlb copies in at map regardless.   @ref kernel/dma/direct.c:463-505 (dma_direct_map_sg), drivers/gpu/drm/xe/xe_bo.c:310 (dma_map_sgtable)
 */
function driver_map(k: Linux, bo: number): number {
  const done: (readonly [number, number])[] = [];
  for (const [at, pages] of segments(k, bo)) {
    const address = dma_map_page_attrs(k, tt_page(k, bo, at)!, pages * PAGE_SIZE);
    if (dma_mapping_error(address)) {
      // dma_direct_map_sg() undoes what it did with DMA_ATTR_SKIP_CPU_SYNC, kernel/dma/direct.c:503.
      unmap_segments(k, bo, done, true);
      return -EIO;
    }
    for (let i = 0; i < pages; i++) set_tt_dma_address(k, bo, at + i, address + i * PAGE_SIZE);
    done.push([at, pages]);
  }
  buf_set(k, bo, "device_mapped", 1);
  return 0;
}

function unmap_segments(k: Linux, bo: number, runs: readonly (readonly [number, number])[], skip_cpu_sync: boolean): void {
  for (const [at, pages] of runs) {
    dma_unmap_page_attrs(k, tt_dma_address(k, bo, at), pages * PAGE_SIZE, skip_cpu_sync);
    for (let i = 0; i < pages; i++) set_tt_dma_address(k, bo, at + i, 0);
  }
}

/** Backs the tt with pages that the device can address; does nothing where it is. @ref drivers/gpu/drm/ttm/ttm_tt.c:314-370 */
export function ttm_tt_populate(k: Linux, bo: number): number {
  if (ttm_tt_is_populated(k, bo)) return 0;
  const error = ttm_pool_alloc(k, bo, pool_maps(k));
  if (error !== 0) return error;
  if (driver_maps(k)) {
    const map_error = driver_map(k, bo);
    if (map_error !== 0) {
      ttm_pool_free(k, bo, false);
      return map_error;
    }
  }
  buf_set(k, bo, "page_flags", buf_get(k, bo, "page_flags") | TTM_TT_FLAG_PRIV_POPULATED);
  return 0;
}

/** Gives the pages back. @ref drivers/gpu/drm/ttm/ttm_tt.c ttm_tt_unpopulate */
export function ttm_tt_unpopulate(k: Linux, bo: number): void {
  if (!ttm_tt_is_populated(k, bo)) return;
  // Without attributes, whatever the driver mapped with: xe_bo.c:326, vmwgfx_ttm_buffer.c:139.
  if (driver_maps(k)) unmap_segments(k, bo, segments(k, bo), false);
  ttm_pool_free(k, bo, pool_maps(k));
  buf_set(k, bo, "page_flags", buf_get(k, bo, "page_flags") & ~TTM_TT_FLAG_PRIV_POPULATED);
}
