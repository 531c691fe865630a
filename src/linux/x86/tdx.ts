// SPDX-License-Identifier: MIT
/** arch/x86/coco/tdx/tdx.c: conversions of a TD's pages. */

import { hex, type Pfn } from "../../base/index.ts";
import { PAGE_PRIVATE, PAGE_SHARED, PAGE_UNACCEPTED } from "../../machine/index.ts";
import { EIO } from "../errno.ts";
import { injected, type Linux, note } from "../linux.ts";
import { frames_from } from "./cpa.ts";
import type { GuestOps } from "./guest-ops.ts";

/**
 * TDG.MEM.PAGE.ACCEPT of each page: a call to the TDX module for every 4 KiB page. Memory comes in pieces below 2 MiB here. The module has
 * a status for a page that has been accepted before (TDX_PAGE_ALREADY_ACCEPTED), which is an error to Linux: the pages behind it stay pending.
 * @ref arch/x86/coco/tdx/tdx-shared.c:44-72 (tdx_accept_memory)
 */
function tdx_accept_memory(k: Linux, frames: readonly Pfn[]): boolean {
  for (const frame of frames) {
    k.costs.hypercalls++;
    if (k.machine.pageState(frame) === PAGE_PRIVATE) return false;
    k.machine.setPageState(frame, PAGE_PRIVATE);
  }
  return true;
}

/**
 * MapGPA, and for private pages their acceptance. What is as it shall be stays so.
 * @ref arch/x86/coco/tdx/tdx.c:875-888 (tdx_enc_status_changed)
 * ASSUMED (may miss bugs): a MapGPA that fails has changed nothing, whereas a host may have done part of it.
 */
export function tdx_enc_status_changed(k: Linux, fn: "enc_status_change_prepare" | "enc_status_change_finish", first: Pfn, npages: number, enc: boolean): boolean {
  if (injected(k, fn)) return false;
  const frames = frames_from(first, npages);
  k.costs.hypercalls++;
  for (const frame of frames) {
    if (!enc) k.machine.setPageState(frame, PAGE_SHARED);
    else if (k.machine.pageState(frame) === PAGE_SHARED) k.machine.setPageState(frame, PAGE_UNACCEPTED);
  }
  if (enc && !tdx_accept_memory(k, frames)) return false;
  const how = enc ? "MapGPA private, TDG.MEM.PAGE.ACCEPT" : "MapGPA shared";
  note(k, "tdx_enc_status_changed", "arch/x86/coco/tdx/tdx.c:875", `${npages} page(s) from pfn ${hex(first)}: ${how}`);
  return true;
}

/** Never a private mapping of a shared page: that would shut the guest down. @ref arch/x86/coco/tdx/tdx.c:790-919 (tdx_enc_status_change_finish) */
export const TDX_GUEST_OPS: GuestOps = {
  enc_tlb_flush_required: (_k, enc) => !enc,
  enc_cache_flush_required: () => true,
  enc_status_change_prepare: (k, first, npages, enc) => (enc && !tdx_enc_status_changed(k, "enc_status_change_prepare", first, npages, enc) ? -EIO : 0),
  enc_status_change_finish: (k, first, npages, enc) => (!enc && !tdx_enc_status_changed(k, "enc_status_change_finish", first, npages, enc) ? -EIO : 0),
};
