// SPDX-License-Identifier: MIT
/** Operations on buffer objects of TTM: src/tree/guest/contract/buffer.c. */

import { call, type CallTable } from "./call.ts";

export const TTM_CALLS: CallTable = {
  bo_create: (o) => ((o.caching ?? "cached") !== "cached" || (o.place ?? "tt") !== "tt" ? null : call("ttm_bo_init_reserved", "cbit_bo_create", o.buf, o.pages)),
  bo_populate: (o) => call("ttm_bo_validate", "cbit_bo_populate", o.buf),
  bo_kmap: (o) => call("ttm_bo_kmap", "cbit_bo_kmap", o.buf, o.page, 1),
  bo_kunmap: (o) => call("ttm_bo_kunmap", "cbit_bo_kunmap", o.buf),
  bo_vmap: (o) => call("ttm_bo_vmap", "cbit_bo_vmap", o.buf),
  bo_vunmap: (o) => call("ttm_bo_vunmap", "cbit_bo_vunmap", o.buf),
  bo_fault: (o) => call("ttm_bo_vm_fault_reserved", "cbit_bo_fault", o.buf, o.page),
  bo_destroy: (o) => call("ttm_bo_put", "cbit_bo_destroy", o.buf),
};
