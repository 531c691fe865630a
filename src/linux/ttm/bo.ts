// SPDX-License-Identifier: MIT
/**
 * drivers/gpu/drm/ttm/ttm_bo.c: a buffer's life and its moves.
 * SIMPLIFIED (may miss bugs): no fences, and a buffer is destroyed at once; created in TTM_PL_TT it has no pages before it is populated.
 * SIMPLIFIED (may miss bugs): a buffer with a kernel map counts as pinned, as drivers pin what they map for long.
 */

import { buf_get, buf_set, buf_virtual, CACHED, clear_buf, is_borrowed, is_userptr, KMAP_NONE } from "../bufs.ts";
import { EBUSY, EINVAL, EMULTIHOP, ENOMEM } from "../errno.ts";
import { BUF_BO, BUF_NONE, MAX_BUF_PAGES, MAX_BUFS } from "../layout.ts";
import { type Linux, note } from "../linux.ts";
import { device_from_vram, device_to_vram, memcpy_from_vram, memcpy_to_vram } from "./bo-move.ts";
import { ttm_bo_kunmap, ttm_bo_vunmap } from "./bo-util.ts";
import { ttm_bo_unmap_virtual, unmap_user_ptes } from "./bo-vm.ts";
import { assign_vram, clear_vram, detach_vram, find_vram, free_vram, take_vram, TTM_PL_SYSTEM, TTM_PL_TT, TTM_PL_VRAM, use_tt } from "./resource.ts";
import { device_maps, driver_bind, driver_unbind, tt_is_external, ttm_bo_tt_destroy, ttm_tt_create, ttm_tt_populate, ttm_tt_unpopulate } from "./tt.ts";

/** Who copies a buffer's contents. */
export type Mover = "memcpy" | "device";

/** True where a kernel map is held, or a dma-buf over the pages, so that the buffer stays where it is. */
export function is_pinned(k: Linux, bo: number): boolean {
  return is_borrowed(k, bo) || buf_get(k, bo, "kmap_type") !== KMAP_NONE || buf_virtual(k, bo, "vmap_virtual") !== 0;
}

/** Pages of VRAM, after evicting others where there is no room: the first page, or -ENOMEM. @ref drivers/gpu/drm/ttm/ttm_bo.c:545-600 (ttm_bo_evict_alloc) */
function vram_space(k: Linux, bo: number): number {
  const num_pages = buf_get(k, bo, "num_pages");
  let start = find_vram(k, num_pages);
  for (let other = 0; other < MAX_BUFS && start < 0; other++) {
    if (other === bo || buf_get(k, other, "kind") !== BUF_BO || buf_get(k, other, "mem_type") !== TTM_PL_VRAM) continue;
    if (ttm_bo_evict(k, other) === 0) start = find_vram(k, num_pages);
  }
  if (start < 0) return -ENOMEM;
  take_vram(k, start, num_pages);
  return start;
}

/** Makes a buffer, not populated. In VRAM it is cleared. @ref drivers/gpu/drm/ttm/ttm_bo.c:885-940 (ttm_bo_init_reserved) */
export function ttm_bo_init(k: Linux, bo: number, num_pages: number, caching: number = CACHED, place: number = TTM_PL_TT): number {
  if (bo >= MAX_BUFS || num_pages < 1 || num_pages > MAX_BUF_PAGES || buf_get(k, bo, "kind") !== BUF_NONE) return -EINVAL;
  buf_set(k, bo, "kind", BUF_BO);
  buf_set(k, bo, "num_pages", num_pages);
  buf_set(k, bo, "caching", caching);
  // Without device maps there is no TTM_PL_TT: the driver's buffers stay local to the machine.
  buf_set(k, bo, "mem_type", place === TTM_PL_TT && !device_maps(k) ? TTM_PL_SYSTEM : place);
  if (use_tt(place)) {
    ttm_tt_create(k, bo, true);
    return 0;
  }
  const start = vram_space(k, bo);
  if (start < 0) {
    clear_buf(k, bo);
    return start;
  }
  assign_vram(k, bo, start);
  clear_vram(k, start, num_pages);
  return 0;
}

/** Drops the last reference: maps end, pages go back. @ref drivers/gpu/drm/ttm/ttm_bo.c:325-328 */
export function ttm_bo_put(k: Linux, bo: number): number {
  if (buf_get(k, bo, "kind") !== BUF_BO) return -EINVAL;
  // An import holds a reference to the dma-buf: the exporter's pages stay.
  if (is_borrowed(k, bo)) return -EBUSY;
  if (buf_get(k, bo, "kmap_type") !== KMAP_NONE) ttm_bo_kunmap(k, bo);
  if (buf_virtual(k, bo, "vmap_virtual") !== 0) ttm_bo_vunmap(k, bo);
  ttm_bo_unmap_virtual(k, bo);
  if (is_userptr(k, bo)) unmap_user_ptes(k, bo);
  if (use_tt(buf_get(k, bo, "mem_type"))) ttm_bo_tt_destroy(k, bo);
  else free_vram(k, detach_vram(k, bo), buf_get(k, bo, "num_pages"));
  clear_buf(k, bo);
  return 0;
}

/** Between placements that both use the tt: nothing is copied, the device's mapping begins or ends. */
function move_tt(k: Linux, bo: number, to: number): number {
  if (to === TTM_PL_SYSTEM) {
    driver_unbind(k, bo);
  } else {
    // Where the mapping fails, the pages stay.
    const error = ttm_tt_populate(k, bo) || driver_bind(k, bo);
    if (error !== 0) return error;
  }
  buf_set(k, bo, "mem_type", to);
  return 0;
}

/** From the tt to VRAM, which is taken already. */
function move_to_vram(k: Linux, bo: number, start: number, by: Mover): number {
  if (by === "device") {
    if (buf_get(k, bo, "mem_type") === TTM_PL_SYSTEM) return -EMULTIHOP;
    const error = ttm_tt_populate(k, bo);
    if (error !== 0) return error;
    device_to_vram(k, bo, start);
  } else {
    const error = memcpy_to_vram(k, bo, start);
    if (error !== 0) return error;
  }
  ttm_bo_tt_destroy(k, bo);
  assign_vram(k, bo, start);
  return 0;
}

/** From VRAM to a new tt, whose pages are not cleared since all of them are written. */
function move_from_vram(k: Linux, bo: number, to: number, by: Mover): number {
  if (by === "device" && to === TTM_PL_SYSTEM) return -EMULTIHOP;
  const start = detach_vram(k, bo);
  buf_set(k, bo, "mem_type", to);
  ttm_tt_create(k, bo, false);
  let error = ttm_tt_populate(k, bo);
  if (error === 0 && by === "memcpy") error = memcpy_from_vram(k, bo, start);
  if (error !== 0) {
    ttm_bo_tt_destroy(k, bo);
    assign_vram(k, bo, start);
    return error;
  }
  if (by === "device") device_from_vram(k, bo, start);
  free_vram(k, start, buf_get(k, bo, "num_pages"));
  return 0;
}

/** @param start page of VRAM where it moves there @ref drivers/gpu/drm/ttm/ttm_bo.c:115-167 */
function ttm_bo_handle_move_mem(k: Linux, bo: number, to: number, start: number, by: Mover): number {
  ttm_bo_unmap_virtual(k, bo);
  if (to === TTM_PL_VRAM) return move_to_vram(k, bo, start, by);
  return use_tt(buf_get(k, bo, "mem_type")) ? move_tt(k, bo, to) : move_from_vram(k, bo, to, by);
}

/** True where the driver has the CPU copy, whoever is asked to. */
function cpu_copies(k: Linux): boolean {
  return !device_maps(k) || k.driver.noDma === true || k.driver.cpuCopies === true;
}

/** Moves, by way of TTM_PL_TT where the device cannot reach the other end. @ref drivers/gpu/drm/ttm/ttm_bo.c:821-832 (ttm_bo_validate), drivers/gpu/drm/amd/amdgpu/amdgpu_ttm.c:588-598 (amdgpu_bo_move) */
function move(k: Linux, bo: number, to: number, by: Mover): number {
  const start = to === TTM_PL_VRAM ? vram_space(k, bo) : 0;
  if (start < 0) return start;
  const who = cpu_copies(k) ? "memcpy" : by;
  let moved = false;
  try {
    let error = ttm_bo_handle_move_mem(k, bo, to, start, who);
    if (error === -EMULTIHOP) {
      note(k, "ttm_bo_bounce_temp_buffer", "drivers/gpu/drm/ttm/ttm_bo.c:331", "-EMULTIHOP: by way of TTM_PL_TT");
      error = ttm_bo_handle_move_mem(k, bo, TTM_PL_TT, 0, who);
      if (error === 0) error = ttm_bo_handle_move_mem(k, bo, to, start, who);
    }
    moved = error === 0;
    return error;
  } finally {
    if (!moved && to === TTM_PL_VRAM) free_vram(k, start, buf_get(k, bo, "num_pages"));
  }
}

/**
 * ttm_bo_validate() with another placement: 0 where it is there. -EINVAL for a pinned buffer, and for pages of somebody else that are to
 * go to VRAM; -ENOMEM where there is no room, and for TTM_PL_TT where the device has no maps.   @ref drivers/gpu/drm/ttm/ttm_bo.c:775-849
 */
export function ttm_bo_validate(k: Linux, bo: number, to: number, by: Mover): number {
  if (buf_get(k, bo, "kind") !== BUF_BO) return -EINVAL;
  // A driver whose device reaches its own memory only has no TTM_PL_TT: what is not there is in system memory.   @ref drivers/gpu/drm/qxl/qxl_object.c:69-93 (qxl_ttm_placement_from_domain)
  const place = to === TTM_PL_TT && k.driver.noDma === true ? TTM_PL_SYSTEM : to;
  if ([to, place].includes(buf_get(k, bo, "mem_type"))) return 0;
  if (is_pinned(k, bo) || (place === TTM_PL_VRAM && tt_is_external(k, bo))) return -EINVAL;
  if (place === TTM_PL_TT && !device_maps(k)) return -ENOMEM;
  return move(k, bo, place, by);
}

/**
 * Out of its placement, where the driver's evict_flags() says: VRAM to TT for most, TT to system memory; pages of somebody else are dropped (gutting).
 * -EBUSY for pinned ones, -EINVAL for one that is in system memory.
 * @ref drivers/gpu/drm/ttm/ttm_bo.c:355-408, drivers/gpu/drm/amd/amdgpu/amdgpu_ttm.c:91-165 (amdgpu_evict_flags), drivers/gpu/drm/qxl/qxl_ttm.c:49-66 (qxl_evict_flags), drivers/gpu/drm/ttm/ttm_bo_util.c:722-742 (ttm_bo_pipeline_gutting)
 */
export function ttm_bo_evict(k: Linux, bo: number): number {
  if (buf_get(k, bo, "kind") !== BUF_BO || buf_get(k, bo, "mem_type") === TTM_PL_SYSTEM) return -EINVAL;
  if (is_pinned(k, bo)) return -EBUSY;
  if (tt_is_external(k, bo)) {
    ttm_bo_unmap_virtual(k, bo);
    ttm_tt_unpopulate(k, bo);
    buf_set(k, bo, "mem_type", TTM_PL_SYSTEM);
    return 0;
  }
  const reachable = device_maps(k) && k.driver.noDma !== true && k.driver.evictsToSystem !== true;
  return move(k, bo, buf_get(k, bo, "mem_type") === TTM_PL_VRAM && reachable ? TTM_PL_TT : TTM_PL_SYSTEM, "device");
}
