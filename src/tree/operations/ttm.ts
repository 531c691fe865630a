// SPDX-License-Identifier: MIT
/** Operations on buffer objects of TTM: src/tree/guest/contract/buffer.c. */

import type { Caching, Placement } from "../../kernel/index.ts";
import { call, type CallTable } from "./call.ts";

/** enum ttm_caching; enum cbit_place of guest/contract/driver.h. */
const CACHING: Readonly<Record<Caching, number>> = { uc: 0, wc: 1, cached: 2 };
const PLACE: Readonly<Record<Placement, number>> = { system: 0, tt: 1, vram: 2 };

export const TTM_CALLS: CallTable = {
  bo_create: (o) => call("ttm_bo_init_reserved", "cbit_bo_create", o.buf, o.pages, CACHING[o.caching ?? "cached"], PLACE[o.place ?? "tt"]),
  bo_populate: (o) => call("ttm_tt_populate", "cbit_bo_populate", o.buf),
  bo_kmap: (o) => call("ttm_bo_kmap", "cbit_bo_kmap", o.buf, o.page, 1),
  bo_kunmap: (o) => call("ttm_bo_kunmap", "cbit_bo_kunmap", o.buf),
  bo_vmap: (o) => call("ttm_bo_vmap", "cbit_bo_vmap", o.buf),
  bo_vunmap: (o) => call("ttm_bo_vunmap", "cbit_bo_vunmap", o.buf),
  bo_fault: (o) => call("ttm_bo_vm_fault_reserved", "cbit_bo_fault", o.buf, o.page),
  bo_move: (o) => call("ttm_bo_validate", "cbit_bo_move", o.buf, PLACE[o.to], o.by === "device" ? 1 : 0),
  bo_evict: (o) => call("ttm_bo_evict", "cbit_bo_evict", o.buf),
  bo_swapout: (o) => call("ttm_bo_swapout", "cbit_bo_swapout", o.buf),
  bo_swapin: (o) => call("ttm_tt_populate", "cbit_bo_swapin", o.buf),
  bo_import: (o) => call("dma_buf_map_attachment", "cbit_bo_share", o.buf, o.from, 0),
  bo_userptr: (o) => call("amdgpu_ttm_tt_pin_userptr", "cbit_bo_share", o.buf, o.from, 1),
  bo_sync_for_cpu: (o) => call("dma_sync_single_for_cpu", "cbit_bo_sync", o.buf, 0),
  bo_sync_for_device: (o) => call("dma_sync_single_for_device", "cbit_bo_sync", o.buf, 1),
  bo_destroy: (o) => call("ttm_bo_put", "cbit_bo_destroy", o.buf),
  pool_shrink: () => call("ttm_pool_shrink", "cbit_pool_shrink"),
};
