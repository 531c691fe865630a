// SPDX-License-Identifier: MIT
/** Operations on TTM's buffer objects. */

import { ttm_bo_init, ttm_bo_put } from "../ttm/bo.ts";
import { ttm_bo_kmap, ttm_bo_kunmap, ttm_bo_vmap, ttm_bo_vunmap } from "../ttm/bo-util.ts";
import { ttm_bo_vm_fault_reserved } from "../ttm/bo-vm.ts";
import { ttm_tt_populate } from "../ttm/tt.ts";
import type { Handlers } from "./call.ts";

export const TTM_HANDLERS: Handlers = {
  bo_create: (k, o) => ({ from: "ttm_bo_init_reserved", error: ttm_bo_init(k, o.buf, o.pages) }),
  bo_populate: (k, o) => ({ from: "ttm_tt_populate", error: ttm_tt_populate(k, o.buf) }),
  bo_kmap: (k, o) => ({ from: "ttm_bo_kmap", error: ttm_bo_kmap(k, o.buf, o.page) }),
  bo_kunmap: (k, o) => ({ from: "ttm_bo_kunmap", error: ttm_bo_kunmap(k, o.buf) }),
  bo_vmap: (k, o) => ({ from: "ttm_bo_vmap", error: ttm_bo_vmap(k, o.buf) }),
  bo_vunmap: (k, o) => ({ from: "ttm_bo_vunmap", error: ttm_bo_vunmap(k, o.buf) }),
  bo_fault: (k, o) => ({ from: "ttm_bo_vm_fault_reserved", error: ttm_bo_vm_fault_reserved(k, o.buf, o.page) }),
  bo_destroy: (k, o) => ({ from: "ttm_bo_put", error: ttm_bo_put(k, o.buf) }),
};
