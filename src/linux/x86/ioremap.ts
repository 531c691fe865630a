// SPDX-License-Identifier: MIT
/** arch/x86/mm/ioremap.c: kernel maps of a device's memory. */

import { type Pfn, virtAddr, type VirtAddr } from "../../base/index.ts";
import { type Linux, note } from "../linux.ts";
import { get_vm_area, vunmap } from "../mm/vmalloc.ts";
import { memtype_reserve, pgprot_caching } from "./memtype.ts";
import { PAGE_KERNEL, pgprot_decrypted } from "./pgtable.ts";

/**
 * ioremap(), ioremap_wc(), ioremap_cache(): always decrypted, since a BAR is no memory of the system (IORES_MAP_ENCRYPTED).
 * @param wanted caching of bufs.ts
 * @returns 0 where the type is refused or there is no room   @ref arch/x86/mm/ioremap.c:236-266 (memtype_reserve, pgprot_decrypted)
 */
export function ioremap(k: Linux, frames: readonly Pfn[], wanted: number): VirtAddr {
  const caching = memtype_reserve(k, frames, wanted);
  if (caching === null) return virtAddr(0);
  const prot = pgprot_caching(pgprot_decrypted(k, PAGE_KERNEL(k)), caching);
  note(k, "__ioremap_caller", "arch/x86/mm/ioremap.c:262", `${frames.length} page(s) of the BAR: pgprot_decrypted()`);
  return get_vm_area(k, frames, prot) ?? virtAddr(0);
}

/** @ref arch/x86/mm/ioremap.c:457 (iounmap) */
export function iounmap(k: Linux, base: VirtAddr, pages: number): void {
  vunmap(k, base, pages);
}
