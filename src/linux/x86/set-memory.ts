// SPDX-License-Identifier: MIT
/**
 * arch/x86/mm/pat/set_memory.c: changing a page's encryption attribute in the linear map, and telling the platform. Live vmap()
 * and user mappings are left as they are. Contents are never kept: whoever converts clears afterwards.
 */

import { hex, type Pfn } from "../../base/index.ts";
import { realm_set_memory } from "../arm64/pageattr.ts";
import { EBUSY, EIO, ENOMEM } from "../errno.ts";
import { has, injected, type Linux, note, put, warn } from "../linux.ts";
import { vm_unmap_aliases } from "../mm/vmalloc.ts";
import { cc_mkdec, cc_mkenc, cc_platform_has, is_realm_world } from "./coco-core.ts";
import { __change_page_attr_set_clr, cpa_flush, frames_from } from "./cpa.ts";
import { x86_platform_guest } from "./x86-init.ts";

/** A hook refused: its own error and a WARN since 6.11, before that -EIO in silence. @ref arch/x86/mm/pat/set_memory.c:2238-2242 (CPA VMM failure) */
function vmm_fail(k: Linux, first: Pfn, numpages: number, enc: boolean, ret: number): number {
  const error = has(k, "99c5c4c60e0d") ? ret : -EIO;
  if (has(k, "82ace185017f")) {
    const text = `CPA VMM failure to convert memory (pfn=${hex(first)}, numpages=${numpages}) to ${enc ? "private" : "shared"}: ${error}`;
    warn(k, "__set_memory_enc_pgtable", "arch/x86/mm/pat/set_memory.c:2239", text);
  }
  return error;
}

/** @ref arch/x86/mm/pat/set_memory.c:2187-2245 (__set_memory_enc_pgtable) */
function __set_memory_enc_pgtable(k: Linux, first: Pfn, numpages: number, enc: boolean): number {
  const guest = x86_platform_guest(k);
  const pages = frames_from(first, numpages);
  const mask_set = enc ? cc_mkenc(k, 0) : cc_mkdec(k, 0);
  const mask_clr = enc ? cc_mkdec(k, 0) : cc_mkenc(k, 0);
  vm_unmap_aliases(k);
  if (guest.enc_tlb_flush_required(k, enc)) cpa_flush(k, pages, guest.enc_cache_flush_required(k));
  const prepared = guest.enc_status_change_prepare(k, first, numpages, enc);
  if (prepared !== 0) return vmm_fail(k, first, numpages, enc, prepared);
  const { ret } = __change_page_attr_set_clr(k, { pages, mask_set, mask_clr });
  cpa_flush(k, pages, false);
  // Neither rolled back nor finished: the pages before the one that failed have the new attribute.
  if (ret !== 0) return ret;
  const finished = guest.enc_status_change_finish(k, first, numpages, enc);
  return finished === 0 ? 0 : vmm_fail(k, first, numpages, enc, finished);
}

/** Ends all conversions for good; whoever comes later gets -EBUSY. @ref arch/x86/mm/pat/set_memory.c:2259-2271 (set_memory_enc_stop_conversion) */
export function set_memory_enc_stop_conversion(k: Linux): void {
  put(k, k.layout.memEncLock, 1);
}

/** @ref arch/x86/mm/pat/set_memory.c:2273-2287 (__set_memory_enc_dec) */
function __set_memory_enc_dec(k: Linux, first: Pfn, numpages: number, enc: boolean): number {
  if (k.configuration.platform.encryption === "cca") {
    if (!is_realm_world(k)) return 0;
  } else if (!cc_platform_has(k, "CC_ATTR_MEM_ENCRYPT")) {
    return 0;
  }
  const { bitName, setMeansShared } = k.configuration.platform;
  const fn = enc ? "set_memory_encrypted" : "set_memory_decrypted";
  const line = enc ? 2289 : 2295;
  note(k, fn, `arch/x86/mm/pat/set_memory.c:${line}`, `${numpages} page(s) of the linear map from pfn ${hex(first)}: ${bitName}=${enc === setMeansShared ? 0 : 1}`);
  if (injected(k, fn)) return -ENOMEM;
  if (k.s[k.layout.memEncLock] !== 0) return -EBUSY;
  k.costs.conversions++;
  k.costs.convertedPages += numpages;
  return is_realm_world(k) ? realm_set_memory(k, first, numpages, enc) : __set_memory_enc_pgtable(k, first, numpages, enc);
}

/**
 * Makes `numpages` frames private: their linear mapping, and what the platform thinks of them. 0 or a negative error; after an
 * error nobody knows the state of the pages, and they must not be freed.   @ref arch/x86/mm/pat/set_memory.c:2289 (set_memory_encrypted)
 */
export function set_memory_encrypted(k: Linux, first: Pfn, numpages: number): number {
  return __set_memory_enc_dec(k, first, numpages, true);
}

/** Makes them shared. @ref arch/x86/mm/pat/set_memory.c:2295 (set_memory_decrypted) */
export function set_memory_decrypted(k: Linux, first: Pfn, numpages: number): number {
  return __set_memory_enc_dec(k, first, numpages, false);
}
