// SPDX-License-Identifier: MIT
/** mm/memory.c: whole ranges of user space at once. */

import type { Pfn } from "../../base/index.ts";
import { buf_set } from "../bufs.ts";
import type { Linux } from "../linux.ts";
import { user_address } from "../ttm/bo-vm.ts";
import type { Pgprot } from "../x86/pgtable.ts";
import { vmf_insert_pfn_prot } from "./memory.ts";

/** Maps the frames of a buffer at its user addresses with the protection given. @ref mm/memory.c:2723-2741 (remap_pfn_range) */
export function remap_pfn_range(k: Linux, buf: number, frames: readonly Pfn[], prot: Pgprot): void {
  frames.forEach((frame, page) => vmf_insert_pfn_prot(k, user_address(buf, page), frame, prot));
  buf_set(k, buf, "user_ptes", (1 << frames.length) - 1);
}
