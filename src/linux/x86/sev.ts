// SPDX-License-Identifier: MIT
/** arch/x86/coco/sev/core.c: page states of an SNP guest. */

import { hex, type Pfn } from "../../base/index.ts";
import { PAGE_PRIVATE, PAGE_SHARED, PAGE_UNACCEPTED } from "../../machine/index.ts";
import { KernelCrash } from "../crash.ts";
import { injected, type Linux, note } from "../linux.ts";
import { KernelFault } from "../mm/memory.ts";
import { linear_address } from "../mm/page-tables.ts";
import { frames_from } from "./cpa.ts";

/** Entries of one page-state-change request. @ref arch/x86/include/asm/sev-common.h:150 (VMGEXIT_PSC_MAX_ENTRY) */
const VMGEXIT_PSC_MAX_ENTRY = 64;

/** Asks the hypervisor for a batch after the other; a refusal ends the guest. @ref arch/x86/coco/sev/core.c:903-966 (__set_pages_state) */
function vmgexit_psc(k: Linux, fn: "enc_status_change_prepare" | "enc_status_change_finish", npages: number): void {
  if (injected(k, fn)) throw new KernelCrash("the hypervisor refused a page state change: sev_es_terminate(GHCB_TERM_PSC)", "arch/x86/coco/sev/core.c:961");
  k.costs.hypercalls += Math.ceil(npages / VMGEXIT_PSC_MAX_ENTRY);
}

/**
 * PVALIDATE of each page: the guest ends itself where that changes nothing, and does not come that far where the page is the hypervisor's.
 * @ref arch/x86/coco/sev/shared.c:1326-1360 (pval_pages)
 */
function pvalidate_pages(k: Linux, first: Pfn, npages: number, validate: boolean): void {
  for (const frame of frames_from(first, npages)) {
    const state = k.machine.pageState(frame);
    if (state === PAGE_SHARED) throw new KernelFault({ kind: "fault", fault: "npf-rmp", address: linear_address(frame) });
    if ((state === PAGE_PRIVATE) === validate) throw new KernelCrash(`PVALIDATE failure: pfn ${hex(frame)}: sev_es_terminate(GHCB_TERM_PVALIDATE)`, "arch/x86/coco/sev/shared.c:1230");
    k.machine.setPageState(frame, validate ? PAGE_PRIVATE : PAGE_UNACCEPTED);
  }
}

/** PVALIDATE takes the validation back, then the hypervisor takes the pages. @ref arch/x86/coco/sev/core.c:991-997 (snp_set_memory_shared) */
export function snp_set_memory_shared(k: Linux, first: Pfn, npages: number): void {
  pvalidate_pages(k, first, npages, false);
  vmgexit_psc(k, "enc_status_change_prepare", npages);
  for (const frame of frames_from(first, npages)) k.machine.setPageState(frame, PAGE_SHARED);
  note(k, "snp_set_memory_shared", "arch/x86/coco/sev/core.c:991", `${npages} page(s) from pfn ${hex(first)}: PVALIDATE rescinded, page state shared`);
}

/** The hypervisor gives back those pages that it has, then PVALIDATE accepts them. @ref arch/x86/coco/sev/core.c:999-1005 (snp_set_memory_private) */
export function snp_set_memory_private(k: Linux, first: Pfn, npages: number): void {
  vmgexit_psc(k, "enc_status_change_finish", npages);
  for (const frame of frames_from(first, npages)) if (k.machine.pageState(frame) === PAGE_SHARED) k.machine.setPageState(frame, PAGE_UNACCEPTED);
  pvalidate_pages(k, first, npages, true);
  note(k, "snp_set_memory_private", "arch/x86/coco/sev/core.c:999", `${npages} page(s) from pfn ${hex(first)}: page state private, PVALIDATE`);
}
