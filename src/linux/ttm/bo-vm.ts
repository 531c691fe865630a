// SPDX-License-Identifier: MIT
/** drivers/gpu/drm/ttm/ttm_bo_vm.c: user mappings. SIMPLIFIED (may miss bugs): the vma covers the whole buffer; no VRAM. */

import { PAGE_SIZE, virtAddr, type VirtAddr } from "../../base/index.ts";
import { EFAULT } from "../errno.ts";
import { MAX_BUF_PAGES } from "../layout.ts";
import { type Linux, note } from "../linux.ts";
import { vmf_insert_pfn_prot, zap_pte } from "../mm/memory.ts";
import { USER_MMAP_BASE } from "../mm/page-tables.ts";
import { vm_get_page_prot } from "../x86/pgtable.ts";
import { buf_get, buf_set, tt_page } from "../bufs.ts";
import { ttm_io_prot } from "./bo-util.ts";
import { ttm_tt_populate } from "./tt.ts";

/** @ref include/drm/ttm/ttm_bo.h:42 */
const TTM_BO_VM_NUM_PREFAULT = 16;

/** Where user space has mapped a page of a buffer. */
export function user_address(bo: number, page: number): VirtAddr {
  return virtAddr(USER_MMAP_BASE + (bo * MAX_BUF_PAGES + page) * PAGE_SIZE);
}

/** Handles a user fault: the faulting page and up to 15 after it get PTEs. @ref drivers/gpu/drm/ttm/ttm_bo_vm.c:181-281 */
export function ttm_bo_vm_fault_reserved(k: Linux, bo: number, page_offset: number): number {
  const prot = ttm_io_prot(k, bo, vm_get_page_prot(k));
  // VM_FAULT_SIGBUS whatever the reason (ttm_bo_vm.c:222-230); the contract calls a signal EFAULT.
  if (ttm_tt_populate(k, bo) !== 0) return -EFAULT;
  const page_last = Math.min(buf_get(k, bo, "num_pages"), page_offset + TTM_BO_VM_NUM_PREFAULT);
  for (let page = page_offset; page < page_last; page++) {
    vmf_insert_pfn_prot(k, user_address(bo, page), tt_page(k, bo, page)!, prot);
    buf_set(k, bo, "user_ptes", buf_get(k, bo, "user_ptes") | (1 << page));
  }
  note(k, "ttm_bo_vm_fault_reserved", "drivers/gpu/drm/ttm/ttm_bo_vm.c:181", `${page_last - page_offset} user PTE(s)`);
  return 0;
}

/** Removes the buffer's user PTEs. @ref drivers/gpu/drm/ttm/ttm_bo.c ttm_bo_unmap_virtual */
export function ttm_bo_unmap_virtual(k: Linux, bo: number): void {
  for (let page = 0; page < buf_get(k, bo, "num_pages"); page++) zap_pte(k, user_address(bo, page));
  buf_set(k, bo, "user_ptes", 0);
}
