// SPDX-License-Identifier: MIT
/** drivers/gpu/drm/ttm/ttm_bo.c: a buffer's life. SIMPLIFIED: placed in TTM_PL_TT, no fences, destroyed at once. */

import { EINVAL } from "../errno.ts";
import { MAX_BO_PAGES, MAX_BOS } from "../layout.ts";
import type { Linux } from "../linux.ts";
import { bo_get, bo_set, bo_virtual, KMAP_NONE } from "./bo-state.ts";
import { ttm_bo_kunmap, ttm_bo_vunmap } from "./bo-util.ts";
import { ttm_bo_unmap_virtual } from "./bo-vm.ts";
import { ttm_tt_create, ttm_tt_unpopulate } from "./tt.ts";

/** Makes a buffer with its ttm_tt, not populated. */
export function ttm_bo_init(k: Linux, bo: number, num_pages: number): number {
  if (bo >= MAX_BOS || num_pages < 1 || num_pages > MAX_BO_PAGES || bo_get(k, bo, "exists") !== 0) return -EINVAL;
  bo_set(k, bo, "exists", 1);
  bo_set(k, bo, "num_pages", num_pages);
  ttm_tt_create(k, bo);
  return 0;
}

/** Drops the last reference: maps end, pages go back. */
export function ttm_bo_put(k: Linux, bo: number): number {
  if (bo_get(k, bo, "exists") === 0) return -EINVAL;
  if (bo_get(k, bo, "kmap_type") !== KMAP_NONE) ttm_bo_kunmap(k, bo);
  if (bo_virtual(k, bo, "vmap_virtual") !== 0) ttm_bo_vunmap(k, bo);
  ttm_bo_unmap_virtual(k, bo);
  ttm_tt_unpopulate(k, bo);
  bo_set(k, bo, "exists", 0);
  bo_set(k, bo, "num_pages", 0);
  bo_set(k, bo, "page_flags", 0);
  return 0;
}
