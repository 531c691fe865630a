// SPDX-License-Identifier: MIT
/** drivers/gpu/drm/ttm/ttm_bo.c: swapping a buffer out. SIMPLIFIED (may miss bugs): of one buffer by name, not of the first in the LRU list. */

import { buf_get, buf_set, TTM_TT_FLAG_SWAPPED } from "../bufs.ts";
import { EBUSY, EINVAL } from "../errno.ts";
import { BUF_BO } from "../layout.ts";
import { has, type Linux } from "../linux.ts";
import { is_pinned, ttm_bo_validate } from "./bo.ts";
import { ttm_bo_unmap_virtual } from "./bo-vm.ts";
import { TTM_PL_SYSTEM, use_tt } from "./resource.ts";
import { tt_is_external, ttm_tt_is_populated, ttm_tt_populate, ttm_tt_unpopulate } from "./tt.ts";
import { copy_to_swap_storage } from "./tt-swap.ts";

/**
 * Moves a buffer to system memory and its pages to shmem. -EBUSY where it is pinned, has no pages, or has those of somebody
 * else; for want of memory too since 6.12.   @ref drivers/gpu/drm/ttm/ttm_bo.c:1060-1140 (ttm_bo_swapout_cb), drivers/gpu/drm/ttm/ttm_tt.c:266-311 (ttm_tt_swapout)
 */
export function ttm_bo_swapout(k: Linux, bo: number): number {
  if (buf_get(k, bo, "kind") !== BUF_BO) return -EINVAL;
  if (is_pinned(k, bo) || !use_tt(buf_get(k, bo, "mem_type")) || !ttm_tt_is_populated(k, bo) || tt_is_external(k, bo)) return -EBUSY;
  const error = ttm_bo_validate(k, bo, TTM_PL_SYSTEM, "device");
  if (error !== 0) return error;
  ttm_bo_unmap_virtual(k, bo);
  const copied = copy_to_swap_storage(k, bo);
  if (copied !== 0) return has(k, "ttm_swapout_busy") ? -EBUSY : copied;
  ttm_tt_unpopulate(k, bo);
  buf_set(k, bo, "page_flags", buf_get(k, bo, "page_flags") | TTM_TT_FLAG_SWAPPED);
  return 0;
}

/** Brings a swapped buffer's pages back; it stays in system memory. -EINVAL for one that is not swapped out. */
export function swap_in(k: Linux, bo: number): number {
  if ((buf_get(k, bo, "page_flags") & TTM_TT_FLAG_SWAPPED) === 0) return -EINVAL;
  return ttm_tt_populate(k, bo);
}
