// SPDX-License-Identifier: MIT
/**
 * arch/arm64/mm/pageattr.c and mem_encrypt.c. In 6.12 nobody registers operations in a realm, so set_memory_encrypted() and
 * set_memory_decrypted() do nothing there; Linux 6.13 (42be24a4178f) does.   @ref arch/arm64/mm/mem_encrypt.c:34-49 (set_memory_encrypted)
 */

import { hex, type Pfn } from "../../base/index.ts";
import { PAGE_PRIVATE, PAGE_SHARED, PTE_PRESENT } from "../../machine/index.ts";
import { EPERM } from "../errno.ts";
import { injected, type Linux, note, warn } from "../linux.ts";
import { linear_address } from "../mm/page-tables.ts";
import { __change_page_attr_set_clr, flush_tlb_pages, frames_from } from "../x86/cpa.ts";
import { cc_mkdec, cc_mkenc } from "../x86/coco-core.ts";

/** Mainline arch/arm64/mm/pageattr.c __change_memory_common(). */
function __change_memory_common(k: Linux, first: Pfn, numpages: number, mask_set: number, mask_clr: number): number {
  const pages = frames_from(first, numpages);
  const { ret } = __change_page_attr_set_clr(k, { pages, mask_set, mask_clr });
  flush_tlb_pages(k, pages.map(linear_address));
  return ret;
}

/** RSI_IPA_STATE_SET over the range: RIPAS RAM or EMPTY. Mainline arch/arm64/include/asm/rsi.h rsi_set_memory_range(). */
function rsi_set_memory_range(k: Linux, first: Pfn, numpages: number, enc: boolean): number {
  if (injected(k, enc ? "enc_status_change_prepare" : "enc_status_change_finish")) return -EPERM;
  k.costs.hypercalls++;
  for (const frame of frames_from(first, numpages)) k.machine.setPageState(frame, enc ? PAGE_PRIVATE : PAGE_SHARED);
  note(k, "rsi_set_memory_range", "arch/arm64/include/asm/rsi.h", `${numpages} page(s) from pfn ${hex(first)}: RSI_IPA_STATE_SET ${enc ? "RAM" : "EMPTY"}`);
  return 0;
}

/** Break before make: invalid with the new attribute, the realm's state, valid again. A failure leaves the pages invalid. */
export function realm_set_memory(k: Linux, first: Pfn, numpages: number, enc: boolean): number {
  const [mask_set, mask_clr] = enc ? [cc_mkenc(k, 0), cc_mkdec(k, 0)] : [cc_mkdec(k, 0), cc_mkenc(k, 0)];
  let ret = __change_memory_common(k, first, numpages, mask_set, mask_clr + PTE_PRESENT);
  if (ret === 0) ret = rsi_set_memory_range(k, first, numpages, enc);
  if (ret === 0) ret = __change_memory_common(k, first, numpages, PTE_PRESENT, 0);
  if (ret !== 0) {
    const fn = enc ? "realm_set_memory_encrypted" : "realm_set_memory_decrypted";
    warn(k, fn, "arch/arm64/mm/pageattr.c", `Failed to ${enc ? "encrypt" : "decrypt"} memory, ${numpages} pages will be leaked`);
  }
  return ret;
}
