// SPDX-License-Identifier: MIT
/**
 * ttm_pages_limit of drivers/gpu/drm/ttm/ttm_tt.c with ttm_global_swapout() of ttm_device.c: populated buffers may have half of RAM, or
 * what the module parameter ttm.pages_limit says; others are swapped out to stay within it.
 * SIMPLIFIED (may miss bugs): the LRU list has buffers in the order of their numbers.
 */

import { buf_get, TTM_TT_FLAG_EXTERNAL, TTM_TT_FLAG_PRIV_POPULATED } from "../bufs.ts";
import { EBUSY } from "../errno.ts";
import { BUF_BO, MAX_BUFS } from "../layout.ts";
import { type Linux, note } from "../linux.ts";
import { TTM_PL_SYSTEM, TTM_PL_TT } from "./resource.ts";

/** Pages that populated buffers may have together. @ref drivers/gpu/drm/ttm/ttm_device.c:97 (ttm_tt_mgr_init), drivers/gpu/drm/ttm/ttm_tt.c:420 (ttm_pages_limit) */
export function ttm_tt_pages_limit(k: Linux): number {
  return k.configuration.ttmPagesLimit ?? Math.floor(k.layout.frames.length / 2);
}

/** Pages of populated buffers whose pages are TTM's own. */
function ttm_pages_allocated(k: Linux): number {
  let pages = 0;
  for (let bo = 0; bo < MAX_BUFS; bo++) {
    const flags = buf_get(k, bo, "page_flags");
    if (buf_get(k, bo, "kind") === BUF_BO && (flags & TTM_TT_FLAG_PRIV_POPULATED) !== 0 && (flags & TTM_TT_FLAG_EXTERNAL) === 0) pages += buf_get(k, bo, "num_pages");
  }
  return pages;
}

/** Swaps one buffer out: its pages, 0 where there is none to take, or an error. @ref drivers/gpu/drm/ttm/ttm_device.c:130-167 (ttm_global_swapout) */
function ttm_global_swapout(k: Linux, populating: number): number {
  for (const place of [TTM_PL_SYSTEM, TTM_PL_TT]) {
    for (let bo = 0; bo < MAX_BUFS; bo++) {
      if (bo === populating || buf_get(k, bo, "kind") !== BUF_BO || buf_get(k, bo, "mem_type") !== place) continue;
      const error = k.ttm_bo_swapout(k, bo);
      // The walk goes on past busy buffers, drivers/gpu/drm/ttm/ttm_bo_util.c (ttm_lru_walk_for_evict).
      if (error === -EBUSY) continue;
      return error === 0 ? buf_get(k, bo, "num_pages") : error;
    }
  }
  return 0;
}

/** Makes room before a buffer is populated: one with pages of somebody else needs none, and others still go where there are too many. 0, also where nothing can be swapped out; or an error of swapping. @ref drivers/gpu/drm/ttm/ttm_tt.c:325-341 (ttm_pages_allocated) */
export function stay_within_pages_limit(k: Linux, bo: number): number {
  const wanted = (buf_get(k, bo, "page_flags") & TTM_TT_FLAG_EXTERNAL) !== 0 ? 0 : buf_get(k, bo, "num_pages");
  while (ttm_pages_allocated(k) + wanted > ttm_tt_pages_limit(k)) {
    note(k, "ttm_tt_populate", "drivers/gpu/drm/ttm/ttm_tt.c:332", "ttm_pages_limit is passed: ttm_global_swapout()");
    const pages = ttm_global_swapout(k, bo);
    if (pages === 0) return 0;
    if (pages < 0) return pages;
  }
  return 0;
}
