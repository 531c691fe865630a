// SPDX-License-Identifier: MIT
/** drivers/gpu/drm/ttm/ttm_bo.c: a buffer's life. SIMPLIFIED (may miss bugs): placed in TTM_PL_TT, no fences, destroyed at once. */

import { EINVAL } from "../errno.ts";
import { BUF_BO, BUF_NONE, MAX_BUF_PAGES, MAX_BUFS } from "../layout.ts";
import type { Linux } from "../linux.ts";
import { buf_get, clear_buf, buf_set, buf_virtual, KMAP_NONE } from "../bufs.ts";
import { ttm_bo_kunmap, ttm_bo_vunmap } from "./bo-util.ts";
import { ttm_bo_unmap_virtual } from "./bo-vm.ts";
import { ttm_tt_create, ttm_tt_unpopulate } from "./tt.ts";

/** Makes a buffer with its ttm_tt, not populated. */
export function ttm_bo_init(k: Linux, bo: number, num_pages: number): number {
  if (bo >= MAX_BUFS || num_pages < 1 || num_pages > MAX_BUF_PAGES || buf_get(k, bo, "kind") !== BUF_NONE) return -EINVAL;
  buf_set(k, bo, "kind", BUF_BO);
  buf_set(k, bo, "num_pages", num_pages);
  ttm_tt_create(k, bo);
  return 0;
}

/** Drops the last reference: maps end, pages go back. */
export function ttm_bo_put(k: Linux, bo: number): number {
  if (buf_get(k, bo, "kind") !== BUF_BO) return -EINVAL;
  if (buf_get(k, bo, "kmap_type") !== KMAP_NONE) ttm_bo_kunmap(k, bo);
  if (buf_virtual(k, bo, "vmap_virtual") !== 0) ttm_bo_vunmap(k, bo);
  ttm_bo_unmap_virtual(k, bo);
  ttm_tt_unpopulate(k, bo);
  clear_buf(k, bo);
  return 0;
}
