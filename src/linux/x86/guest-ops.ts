// SPDX-License-Identifier: MIT
/** x86_platform.guest: what a platform has to do around a change of the encryption attribute. */

import type { Pfn } from "../../base/index.ts";
import type { Linux } from "../linux.ts";

/** Errors are negative numbers, 0 is success. @ref arch/x86/include/asm/x86_init.h:161-168 (x86_guest) */
export interface GuestOps {
  enc_tlb_flush_required(k: Linux, enc: boolean): boolean;
  enc_cache_flush_required(k: Linux): boolean;
  enc_status_change_prepare(k: Linux, first: Pfn, npages: number, enc: boolean): number;
  enc_status_change_finish(k: Linux, first: Pfn, npages: number, enc: boolean): number;
}
