// SPDX-License-Identifier: MIT
/** arch/x86/mm/pat/set_memory.c: cache types of pages in the linear map. The encryption attribute stays as it is. */

import type { Pfn } from "../../base/index.ts";
import { PTE_PAT, PTE_PCD, PTE_PWT } from "../../machine/index.ts";
import { EINVAL } from "../errno.ts";
import { type Linux, note } from "../linux.ts";
import { change_page_attr_set_clr } from "./cpa.ts";
import { free_ram_pages_type, reserve_ram_pages_type } from "./memtype-ram.ts";

/** @ref arch/x86/include/asm/pgtable_types.h:183 (_PAGE_CACHE_MASK) */
const CACHE_MASK: number = PTE_PWT | PTE_PCD | PTE_PAT;

/** @ref arch/x86/mm/pat/set_memory.c:2309-2353 (_set_pages_array) */
function _set_pages_array(k: Linux, pages: readonly Pfn[], type: "WC" | "UC-"): number {
  note(k, "_set_pages_array", "arch/x86/mm/pat/set_memory.c:2309", `${pages.length} page(s) of the linear map: ${type === "WC" ? "UC-, then WC" : type}`);
  if (reserve_ram_pages_type(k, pages) !== 0) return -EINVAL;
  let ret = change_page_attr_set_clr(k, { pages, mask_set: PTE_PCD, mask_clr: 0 });
  // UC- first and then WC: two passes, each with its flushes.
  if (ret === 0 && type === "WC") ret = change_page_attr_set_clr(k, { pages, mask_set: PTE_PWT, mask_clr: CACHE_MASK });
  if (ret === 0) return 0;
  // Pages that are left uncached half way count as write-back.
  free_ram_pages_type(k, pages);
  return -EINVAL;
}

/** UC-: 0, or -EINVAL whatever the reason. @ref arch/x86/mm/pat/set_memory.c:2355-2359 (set_pages_array_uc) */
export function set_pages_array_uc(k: Linux, pages: readonly Pfn[]): number {
  return _set_pages_array(k, pages, "UC-");
}

/** Write-combining, by way of UC-. @ref arch/x86/mm/pat/set_memory.c:2361-2365 (set_pages_array_wc) */
export function set_pages_array_wc(k: Linux, pages: readonly Pfn[]): number {
  return _set_pages_array(k, pages, "WC");
}

/** Write-back again: the TLB is flushed, caches are not. @ref arch/x86/mm/pat/set_memory.c:2375-2395 (set_pages_array_wb) */
export function set_pages_array_wb(k: Linux, pages: readonly Pfn[]): number {
  note(k, "set_pages_array_wb", "arch/x86/mm/pat/set_memory.c:2375", `${pages.length} page(s) of the linear map: WB`);
  const ret = change_page_attr_set_clr(k, { pages, mask_set: 0, mask_clr: CACHE_MASK });
  if (ret === 0) free_ram_pages_type(k, pages);
  return ret;
}
