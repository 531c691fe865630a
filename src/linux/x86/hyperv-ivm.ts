// SPDX-License-Identifier: MIT
/** arch/x86/hyperv/ivm.c: an isolated VM with a virtual top of memory. */

import { hex, type Pfn } from "../../base/index.ts";
import { PAGE_PRIVATE, PAGE_SHARED } from "../../machine/index.ts";
import { EFAULT } from "../errno.ts";
import { injected, type Linux, note } from "../linux.ts";
import { frames_from, set_memory_np, set_memory_p } from "./cpa.ts";
import type { GuestOps } from "./guest-ops.ts";

/** Pages of one hypercall. @ref arch/x86/include/asm/hyperv-tlfs.h:327 (HV_MAX_MODIFY_GPA_REP_COUNT) */
const HV_MAX_MODIFY_GPA_REP_COUNT = 4096 / 8 - 2;

/** Tells the hypervisor which pages the host may see. @ref arch/x86/hyperv/ivm.c:482-522 (hv_mark_gpa_visibility) */
function hv_mark_gpa_visibility(k: Linux, first: Pfn, count: number, enc: boolean): number {
  if (injected(k, "enc_status_change_finish")) return -EFAULT;
  k.costs.hypercalls++;
  for (const frame of frames_from(first, count)) k.machine.setPageState(frame, enc ? PAGE_PRIVATE : PAGE_SHARED);
  note(k, "hv_mark_gpa_visibility", "arch/x86/hyperv/ivm.c:482", `${count} page(s) from pfn ${hex(first)}: ${enc ? "not visible" : "visible"} to the host`);
  return 0;
}

/** Batches of pages; the pages are made present again whatever came out. @ref arch/x86/hyperv/ivm.c:556-607 (hv_vtom_set_host_visibility) */
function hv_vtom_set_host_visibility(k: Linux, first: Pfn, pagecount: number, enc: boolean): number {
  let ret = 0;
  for (let at = 0; at < pagecount && ret === 0; at += HV_MAX_MODIFY_GPA_REP_COUNT) {
    ret = hv_mark_gpa_visibility(k, (first + at) as Pfn, Math.min(HV_MAX_MODIFY_GPA_REP_COUNT, pagecount - at), enc);
  }
  const err = set_memory_p(k, first, pagecount);
  return ret !== 0 ? ret : err;
}

/** @ref arch/x86/hyperv/ivm.c:644-690 (hv_vtom_init) */
export const VTOM_GUEST_OPS: GuestOps = {
  enc_tlb_flush_required: () => false,
  enc_cache_flush_required: () => false,
  enc_status_change_prepare: (k, first, pagecount) => set_memory_np(k, first, pagecount),
  enc_status_change_finish: hv_vtom_set_host_visibility,
};
