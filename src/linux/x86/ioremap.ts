// SPDX-License-Identifier: MIT
/** arch/x86/mm/ioremap.c: kernel maps of a device's memory. */

import { type Pfn, virtAddr, type VirtAddr } from "../../base/index.ts";
import { PTE_PCD, PTE_PWT } from "../../machine/index.ts";
import { CACHED, WC } from "../bufs.ts";
import { type Linux, note } from "../linux.ts";
import { get_vm_area, vunmap } from "../mm/vmalloc.ts";
import { PAGE_KERNEL, type Pgprot, pgprot_decrypted } from "./pgtable.ts";

/** `prot` with a caching of bufs.ts: WC is PAT entry 1, UC- (plain ioremap) entry 2. @ref arch/x86/mm/pat/memtype.c:1116 (pgprot_writecombine), arch/x86/include/asm/pgtable.h:12 (pgprot_noncached) */
export function pgprot_caching(prot: Pgprot, caching: number): Pgprot {
  return caching === CACHED ? prot : prot + (caching === WC ? PTE_PWT : PTE_PCD);
}

/**
 * ioremap(), ioremap_wc(), ioremap_cache(): always decrypted, since a BAR is no memory of the system (IORES_MAP_ENCRYPTED).
 * @param caching of bufs.ts; what an earlier mapping of the same BAR has comes first
 * @returns 0 where there is no room   @ref arch/x86/mm/ioremap.c:254-266 (pgprot_decrypted)
 */
export function ioremap(k: Linux, frames: readonly Pfn[], caching: number): VirtAddr {
  const prot = pgprot_caching(pgprot_decrypted(k, PAGE_KERNEL(k)), caching);
  note(k, "__ioremap_caller", "arch/x86/mm/ioremap.c:262", `${frames.length} page(s) of the BAR: pgprot_decrypted()`);
  return get_vm_area(k, frames, prot) ?? virtAddr(0);
}

/** @ref arch/x86/mm/ioremap.c:457 (iounmap) */
export function iounmap(k: Linux, base: VirtAddr, pages: number): void {
  vunmap(k, base, pages);
}

/**
 * The caching that a mapping gets where the range has one already; null where that is refused: whoever asks for UC- or WC must
 * not get WB.   @ref arch/x86/include/asm/pgtable.h:920-950 (is_new_memtype_allowed), arch/x86/mm/ioremap.c:229-250 (is_new_memtype_allowed)
 */
export function memtype_for(wanted: number, existing: number | null): number | null {
  if (existing === null || existing === wanted) return wanted;
  return existing === CACHED ? null : existing;
}
