// SPDX-License-Identifier: MIT
/**
 * arch/x86/mm/pat/set_memory.c: changing a page's attribute in the linear map.
 * SIMPLIFIED: the linear map has 4 KiB entries from the start, so nothing is split and nothing can fail; there are no
 * caches and TLBs to flush yet.
 */

import type { Pfn } from "../../base/index.ts";
import { linear_address, set_leaf } from "../mm/page-tables.ts";
import { type Linux, note } from "../linux.ts";
import { cc_platform_has } from "./coco-core.ts";
import { PAGE_KERNEL, pgprot_decrypted, pgprot_encrypted } from "./pgtable.ts";

function set_memory_enc_dec(k: Linux, first: Pfn, numpages: number, enc: boolean): number {
  if (!cc_platform_has(k, "CC_ATTR_MEM_ENCRYPT")) return 0;
  const prot = enc ? pgprot_encrypted(k, PAGE_KERNEL(k)) : pgprot_decrypted(k, PAGE_KERNEL(k));
  for (let i = 0; i < numpages; i++) {
    const frame = (first + i) as Pfn;
    set_leaf(k, linear_address(frame), frame, prot);
  }
  return 0;
}

/** Sets the C-bit of the linear mapping of `numpages` frames. Contents are left as they are. @ref arch/x86/mm/pat/set_memory.c:2289 */
export function set_memory_encrypted(k: Linux, first: Pfn, numpages: number): number {
  note(k, "set_memory_encrypted", "arch/x86/mm/pat/set_memory.c:2289", `${numpages} page(s) of the linear map from pfn 0x${first.toString(16)}: C=1`);
  return set_memory_enc_dec(k, first, numpages, true);
}

/** Clears it. @ref arch/x86/mm/pat/set_memory.c:2295 */
export function set_memory_decrypted(k: Linux, first: Pfn, numpages: number): number {
  note(k, "set_memory_decrypted", "arch/x86/mm/pat/set_memory.c:2295", `${numpages} page(s) of the linear map from pfn 0x${first.toString(16)}: C=0`);
  return set_memory_enc_dec(k, first, numpages, false);
}
