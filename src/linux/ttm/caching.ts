// SPDX-License-Identifier: MIT
/** Cache types of TTM's mappings. */

import type { Caching } from "../../kernel/index.ts";
import { CACHED, UC, WC } from "../bufs.ts";
import type { Linux } from "../linux.ts";
import { pgprot_caching } from "../x86/ioremap.ts";
import type { Pgprot } from "../x86/pgtable.ts";

/** `BUF.caching` of a contract's word. */
export const CACHING_CODE: Readonly<Record<Caching, number>> = { cached: CACHED, wc: WC, uc: UC };

/** CONFIG_X86: pages have their caching in the linear map too, and keep it in the pool. */
export function is_x86(k: Linux): boolean {
  return k.configuration.platform.encryption !== "cca";
}

/** A protection with a caching. @ref drivers/gpu/drm/ttm/ttm_module.c:62-87 */
export function ttm_prot_from_caching(caching: number, prot: Pgprot): Pgprot {
  return pgprot_caching(prot, caching);
}

/** `BUF.caching` in words, for the story. */
export function caching_name(caching: number): string {
  return caching === UC ? "UC" : caching === WC ? "WC" : "cached";
}
