// SPDX-License-Identifier: MIT
/**
 * drivers/gpu/drm/ttm/ttm_tt.c: the pages of a buffer, with the driver's own mapping where it has one.
 * SIMPLIFIED (may miss bugs): ttm_dma32_pages_limit, 2 GiB, is more than all buffers of the model can have.
 */

import { buf_get, buf_set, TTM_TT_FLAG_DECRYPTED, TTM_TT_FLAG_EXTERNAL, TTM_TT_FLAG_PRIV_POPULATED, TTM_TT_FLAG_SWAPPED, TTM_TT_FLAG_ZERO_ALLOC } from "../bufs.ts";
import { EINVAL } from "../errno.ts";
import { has, type Linux, note } from "../linux.ts";
import { cc_platform_has } from "../x86/coco-core.ts";
import { stay_within_pages_limit } from "./pages-limit.ts";
import { ttm_pool_alloc, ttm_pool_free } from "./pool.ts";
import { TTM_PL_SYSTEM, use_tt } from "./resource.ts";
import { dma_map_sgtable, dma_unmap_sgtable } from "./sgtable.ts";
import { put_swap_storage, ttm_tt_swapin } from "./tt-swap.ts";

/** True where the policy lets the device have mappings at all. */
export function device_maps(k: Linux): boolean {
  // The driver then loads without GMRs and MOBs: drivers/gpu/drm/vmwgfx/vmwgfx_drv.c:673 (vmw_dma_select_mode) before the change.
  if (k.driver.useDmaAlloc === "vmw_dma_select_mode" && cc_platform_has(k, "CC_ATTR_MEM_ENCRYPT") && !has(k, "4c08f01934ab")) return false;
  return k.policy.device_maps?.(k) ?? true;
}

/** True where the pool fills dma_address[] (ttm_sg_tt_init), false where the driver maps by itself. */
export function pool_maps(k: Linux): boolean {
  return device_maps(k) && k.driver.tt === "ttm_sg_tt_init" && !driver_maps(k);
}

/** True where the driver calls dma_map_sgtable() itself. */
export function driver_maps(k: Linux): boolean {
  return device_maps(k) && (k.driver.ownMapping === "always" || (k.driver.ownMapping === "without-dma-alloc" && !k.use_dma_alloc));
}

function set_flag(k: Linux, bo: number, flag: number, on: boolean): void {
  const flags = buf_get(k, bo, "page_flags");
  buf_set(k, bo, "page_flags", on ? flags | flag : flags & ~flag);
}

/** Flags of a new tt: cleared pages or not, pages of somebody else or not, and where the policy decides. @ref drivers/gpu/drm/ttm/ttm_tt.c:64-108 */
export function ttm_tt_create(k: Linux, bo: number, zero_alloc: boolean, external = false): void {
  const decrypted = k.policy.tt_decrypted(k);
  if (decrypted) note(k, "ttm_tt_create", "drivers/gpu/drm/ttm/ttm_tt.c:94", "TTM_TT_FLAG_DECRYPTED set");
  const origin = external ? TTM_TT_FLAG_EXTERNAL : zero_alloc ? TTM_TT_FLAG_ZERO_ALLOC : 0;
  buf_set(k, bo, "page_flags", origin | (decrypted ? TTM_TT_FLAG_DECRYPTED : 0));
}

export function ttm_tt_is_populated(k: Linux, bo: number): boolean {
  return (buf_get(k, bo, "page_flags") & TTM_TT_FLAG_PRIV_POPULATED) !== 0;
}

export function tt_is_external(k: Linux, bo: number): boolean {
  return (buf_get(k, bo, "page_flags") & TTM_TT_FLAG_EXTERNAL) !== 0;
}

/** Maps the pages for the device where the driver does that itself, once the buffer is in TTM_PL_TT. @ref drivers/gpu/drm/xe/xe_bo.c:301-320 (xe_tt_map_sg) */
export function driver_bind(k: Linux, bo: number): number {
  if (!driver_maps(k) || !ttm_tt_is_populated(k, bo) || tt_is_external(k, bo) || buf_get(k, bo, "device_mapped") !== 0) return 0;
  return dma_map_sgtable(k, bo);
}

/** Ends that mapping. SIMPLIFIED (may miss bugs): also where vmwgfx would keep it until the pages go. @ref drivers/gpu/drm/xe/xe_bo.c:322-330 (xe_tt_unmap_sg) */
export function driver_unbind(k: Linux, bo: number): void {
  if (driver_maps(k) && !tt_is_external(k, bo)) dma_unmap_sgtable(k, bo);
}

/** Backs the tt with pages that the device can address, with what was swapped out in them; does nothing where it is. @ref drivers/gpu/drm/ttm/ttm_tt.c:314-370 */
export function ttm_tt_populate(k: Linux, bo: number): number {
  if (!use_tt(buf_get(k, bo, "mem_type"))) return -EINVAL;
  if (ttm_tt_is_populated(k, bo)) return 0;
  const limited = stay_within_pages_limit(k, bo);
  if (limited !== 0) return limited;
  const error = tt_is_external(k, bo) ? dma_map_sgtable(k, bo) : ttm_pool_alloc(k, bo, pool_maps(k));
  if (error !== 0) return error;
  set_flag(k, bo, TTM_TT_FLAG_PRIV_POPULATED, true);
  if ((buf_get(k, bo, "page_flags") & TTM_TT_FLAG_SWAPPED) !== 0) ttm_tt_swapin(k, bo);
  if (buf_get(k, bo, "mem_type") === TTM_PL_SYSTEM) return 0;
  const bound = driver_bind(k, bo);
  if (bound !== 0) ttm_tt_unpopulate(k, bo);
  return bound;
}

/** Gives the pages back; those of somebody else are only unmapped. @ref drivers/gpu/drm/ttm/ttm_tt.c:372-390 */
export function ttm_tt_unpopulate(k: Linux, bo: number): void {
  if (!ttm_tt_is_populated(k, bo)) return;
  if (tt_is_external(k, bo)) {
    dma_unmap_sgtable(k, bo);
  } else {
    driver_unbind(k, bo);
    ttm_pool_free(k, bo, pool_maps(k));
  }
  set_flag(k, bo, TTM_TT_FLAG_PRIV_POPULATED, false);
}

/** Destroys the tt: its pages and what of them is swapped out go. @ref drivers/gpu/drm/ttm/ttm_bo.c:1174-1183 (ttm_bo_tt_destroy), drivers/gpu/drm/ttm/ttm_tt.c:177-191 (ttm_tt_fini) */
export function ttm_bo_tt_destroy(k: Linux, bo: number): void {
  ttm_tt_unpopulate(k, bo);
  put_swap_storage(k, bo);
  buf_set(k, bo, "page_flags", 0);
}

/** The next pages are cleared. @ref include/drm/ttm/ttm_tt.h ttm_tt_mark_for_clear */
export function ttm_tt_mark_for_clear(k: Linux, bo: number): void {
  set_flag(k, bo, TTM_TT_FLAG_ZERO_ALLOC, true);
}
