// SPDX-License-Identifier: MIT
/** Cache types of TTM's mappings. */

import { UC, WC } from "../bufs.ts";
import { pgprot_caching } from "../x86/memtype.ts";
import type { Pgprot } from "../x86/pgtable.ts";

/** A protection with a caching. @ref drivers/gpu/drm/ttm/ttm_module.c:62-87 */
export function ttm_prot_from_caching(caching: number, prot: Pgprot): Pgprot {
  return pgprot_caching(prot, caching);
}

/** `BUF.caching` in words, for the story. */
export function caching_name(caching: number): string {
  return caching === UC ? "UC" : caching === WC ? "WC" : "cached";
}
