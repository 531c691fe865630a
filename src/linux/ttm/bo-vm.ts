// SPDX-License-Identifier: MIT
/** drivers/gpu/drm/ttm/ttm_bo_vm.c: user mappings. SIMPLIFIED (may miss bugs): one vma for a buffer, over all of it. */

import { PAGE_SIZE, virtAddr, type VirtAddr } from "../../base/index.ts";
import { buf_get, buf_set, is_userptr, tt_page } from "../bufs.ts";
import { EFAULT, EINVAL, ENOMEM } from "../errno.ts";
import { BUF_BO, MAX_BUF_PAGES } from "../layout.ts";
import { has, type Linux, note } from "../linux.ts";
import { vmf_insert_pfn_prot, zap_pte } from "../mm/memory.ts";
import { USER_MMAP_BASE } from "../mm/page-tables.ts";
import { type Pgprot, pgprot_decrypted, vm_get_page_prot } from "../x86/pgtable.ts";
import { ttm_io_prot } from "./bo-util.ts";
import { ttm_prot_from_caching } from "./caching.ts";
import { use_tt } from "./resource.ts";
import { tt_is_external, ttm_tt_populate } from "./tt.ts";

/** @ref include/drm/ttm/ttm_bo.h:42 */
const TTM_BO_VM_NUM_PREFAULT = 16;

/** Where user space has mapped a page of a buffer. */
export function user_address(bo: number, page: number): VirtAddr {
  return virtAddr(USER_MMAP_BASE + (bo * MAX_BUF_PAGES + page) * PAGE_SIZE);
}

/**
 * The protection of a user map of the buffer where it is now; VRAM is never encrypted, whatever the vma says. Before 5379e4dd3220 the
 * vma's own protection was inserted, before 95cf9264d5f3 it was encrypted for VRAM too.
 * @ref drivers/gpu/drm/ttm/ttm_bo_vm.c:218-239 (ttm_bo_vm_fault_reserved)
 */
function user_prot(k: Linux, bo: number): Pgprot {
  const vma = vm_get_page_prot(k);
  if (!has(k, "5379e4dd3220")) return vma;
  if (!use_tt(buf_get(k, bo, "mem_type"))) {
    const prot = ttm_io_prot(k, bo, vma);
    return has(k, "95cf9264d5f3") ? pgprot_decrypted(k, prot) : prot;
  }
  const given = k.policy.user_prot?.(k, bo, vma) ?? null;
  return given === null ? ttm_io_prot(k, bo, vma) : ttm_prot_from_caching(buf_get(k, bo, "caching"), given);
}

/**
 * Pages before a fault. SIGBUS whatever the reason, which the contract calls EFAULT; before "ttm_fault_interruptible" out of memory.
 * @ref drivers/gpu/drm/ttm/ttm_bo_vm.c:219-236 (ttm_bo_vm_fault_reserved)
 */
function populate_for_fault(k: Linux, bo: number): number {
  if (!use_tt(buf_get(k, bo, "mem_type")) || ttm_tt_populate(k, bo) === 0) return 0;
  return has(k, "ttm_fault_interruptible") ? -EFAULT : -ENOMEM;
}

/** Handles a user fault: the faulting page and up to 15 after it get PTEs; never pages of somebody else. @ref drivers/gpu/drm/ttm/ttm_bo_vm.c:181-281 */
export function ttm_bo_vm_fault_reserved(k: Linux, bo: number, page_offset: number): number {
  if (buf_get(k, bo, "kind") !== BUF_BO) return -EINVAL;
  // Imported pages are mapped by their exporter, drivers/gpu/drm/ttm/ttm_bo_vm.c:143-152 (ttm_bo_vm_reserve).
  if (tt_is_external(k, bo) || page_offset >= buf_get(k, bo, "num_pages")) return -EFAULT;
  const error = populate_for_fault(k, bo);
  if (error !== 0) return error;
  const prot = user_prot(k, bo);
  const page_last = Math.min(buf_get(k, bo, "num_pages"), page_offset + TTM_BO_VM_NUM_PREFAULT);
  for (let page = page_offset; page < page_last; page++) insert_user_pte(k, bo, page, prot);
  note(k, "ttm_bo_vm_fault_reserved", "drivers/gpu/drm/ttm/ttm_bo_vm.c:181", `${page_last - page_offset} user PTE(s)`);
  return 0;
}

/** One user PTE for a page of the buffer. */
export function insert_user_pte(k: Linux, bo: number, page: number, prot: Pgprot): void {
  vmf_insert_pfn_prot(k, user_address(bo, page), tt_page(k, bo, page)!, prot);
  buf_set(k, bo, "user_ptes", buf_get(k, bo, "user_ptes") | (1 << page));
}

/** Removes the user PTEs of a buffer. */
export function unmap_user_ptes(k: Linux, bo: number): void {
  const present = buf_get(k, bo, "user_ptes");
  for (let page = 0; page < buf_get(k, bo, "num_pages"); page++) if (((present >>> page) & 1) === 1) zap_pte(k, user_address(bo, page));
  buf_set(k, bo, "user_ptes", 0);
}

/** Removes what user space has mapped through the driver; not a process's own mapping of memory that it lent. @ref drivers/gpu/drm/ttm/ttm_bo.c:1008 */
export function ttm_bo_unmap_virtual(k: Linux, bo: number): void {
  if (!is_userptr(k, bo)) unmap_user_ptes(k, bo);
}
