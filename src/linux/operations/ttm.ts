// SPDX-License-Identifier: MIT
/** Operations on TTM's buffer objects. */

import { ttm_bo_evict, ttm_bo_init, ttm_bo_put, ttm_bo_validate } from "../ttm/bo.ts";
import { bo_import, bo_sync, bo_userptr } from "../ttm/bo-external.ts";
import { swap_in, ttm_bo_swapout } from "../ttm/bo-swap.ts";
import { ttm_bo_kmap, ttm_bo_kunmap, ttm_bo_vmap, ttm_bo_vunmap } from "../ttm/bo-util.ts";
import { ttm_bo_vm_fault_reserved } from "../ttm/bo-vm.ts";
import { ttm_pool_shrink } from "../ttm/pool-type.ts";
import { MEM_TYPE } from "../ttm/resource.ts";
import { ttm_tt_populate } from "../ttm/tt.ts";
import { EINVAL } from "../errno.ts";
import { buf_get, CACHING_CODE } from "../bufs.ts";
import { BUF_BO } from "../layout.ts";
import type { Linux } from "../linux.ts";
import type { Handlers } from "./call.ts";

/** Runs an operation that needs a buffer object. */
function on_bo(k: Linux, buf: number, run: (k: Linux, bo: number) => number): number {
  return buf_get(k, buf, "kind") === BUF_BO ? run(k, buf) : -EINVAL;
}

export const TTM_HANDLERS: Handlers = {
  bo_create: (k, o) => ({ from: "ttm_bo_init_reserved", error: ttm_bo_init(k, o.buf, o.pages, CACHING_CODE[o.caching ?? "cached"], MEM_TYPE[o.place ?? "tt"]) }),
  bo_populate: (k, o) => ({ from: "ttm_tt_populate", error: on_bo(k, o.buf, ttm_tt_populate) }),
  bo_kmap: (k, o) => ({ from: "ttm_bo_kmap", error: on_bo(k, o.buf, () => ttm_bo_kmap(k, o.buf, o.page)) }),
  bo_kunmap: (k, o) => ({ from: "ttm_bo_kunmap", error: on_bo(k, o.buf, ttm_bo_kunmap) }),
  bo_vmap: (k, o) => ({ from: "ttm_bo_vmap", error: on_bo(k, o.buf, ttm_bo_vmap) }),
  bo_vunmap: (k, o) => ({ from: "ttm_bo_vunmap", error: on_bo(k, o.buf, ttm_bo_vunmap) }),
  bo_fault: (k, o) => ({ from: "ttm_bo_vm_fault_reserved", error: ttm_bo_vm_fault_reserved(k, o.buf, o.page) }),
  bo_move: (k, o) => ({ from: "ttm_bo_validate", error: ttm_bo_validate(k, o.buf, MEM_TYPE[o.to], o.by ?? "memcpy") }),
  bo_evict: (k, o) => ({ from: "ttm_bo_evict", error: ttm_bo_evict(k, o.buf) }),
  bo_swapout: (k, o) => ({ from: "ttm_bo_swapout", error: ttm_bo_swapout(k, o.buf) }),
  bo_swapin: (k, o) => ({ from: "ttm_tt_populate", error: on_bo(k, o.buf, swap_in) }),
  bo_import: (k, o) => ({ from: "dma_buf_map_attachment", error: bo_import(k, o.buf, o.from) }),
  bo_userptr: (k, o) => ({ from: "amdgpu_ttm_tt_pin_userptr", error: bo_userptr(k, o.buf, o.from) }),
  bo_sync_for_cpu: (k, o) => ({ from: "dma_sync_single_for_cpu", error: on_bo(k, o.buf, () => bo_sync(k, o.buf, "cpu")) }),
  bo_sync_for_device: (k, o) => ({ from: "dma_sync_single_for_device", error: on_bo(k, o.buf, () => bo_sync(k, o.buf, "device")) }),
  bo_destroy: (k, o) => ({ from: "ttm_bo_put", error: ttm_bo_put(k, o.buf) }),
  pool_shrink: (k) => {
    ttm_pool_shrink(k);
    return { from: "ttm_pool_shrink", error: 0 };
  },
};
