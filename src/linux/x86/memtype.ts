// SPDX-License-Identifier: MIT
/**
 * arch/x86/mm/pat/memtype.c for the BAR: one cache type for each page, which whoever maps it first decides, and what the MTRRs say of it.
 * ASSUMED (may miss bugs): the MTRRs have RAM write-back and the BAR uncacheable, as firmware and kvm_init_platform() (arch/x86/kernel/kvm.c)
 * set them up for a BAR below 4 GiB.
 */

import type { Pfn } from "../../base/index.ts";
import { PTE_PCD, PTE_PWT } from "../../machine/index.ts";
import { buf_get, buf_virtual, CACHED, CACHING_CODE, KMAP_IOMAP, tt_page, UC, WC } from "../bufs.ts";
import { BUF_BAR, BUF_BO, MAX_BUFS } from "../layout.ts";
import { is_x86, type Linux } from "../linux.ts";
import type { Pgprot } from "./pgtable.ts";

/** `prot` with a caching of bufs.ts: WC is PAT entry 1, UC- (plain ioremap) entry 2. @ref arch/x86/mm/pat/memtype.c:1116 (pgprot_writecombine), arch/x86/include/asm/pgtable.h:12 (pgprot_noncached) */
export function pgprot_caching(prot: Pgprot, caching: number): Pgprot {
  return caching === CACHED ? prot : prot + (caching === WC ? PTE_PWT : PTE_PCD);
}

/** True where the kernel itself sets the MTRRs' state, to write-back for all addresses. @ref arch/x86/hyperv/ivm.c:684 (guest_force_mtrr_state) */
function all_write_back(k: Linux): boolean {
  return k.configuration.platform.sevFeatures.includes("vtom");
}

/** The type that a request comes to by itself: write-back needs an MTRR that says so. @ref arch/x86/mm/pat/memtype.c:348-367 (pat_x_mtrr_type) */
function pat_x_mtrr_type(k: Linux, wanted: number): number {
  return wanted === CACHED && is_x86(k) && !all_write_back(k) ? UC : wanted;
}

/** Whether a page is one of a buffer's. */
function holds(k: Linux, buf: number, frame: Pfn): boolean {
  for (let page = 0; page < buf_get(k, buf, "num_pages"); page++) if (tt_page(k, buf, page) === frame) return true;
  return false;
}

/** Whether the kernel has a mapping of a page of the BAR, made for this buffer. */
function maps(k: Linux, buf: number, frame: Pfn): boolean {
  switch (buf_get(k, buf, "kind")) {
    case BUF_BAR:
      return holds(k, buf, frame);
    case BUF_BO:
      if (buf_get(k, buf, "kmap_type") === KMAP_IOMAP && tt_page(k, buf, buf_get(k, buf, "kmap_page")) === frame) return true;
      return buf_virtual(k, buf, "vmap_virtual") !== 0 && holds(k, buf, frame);
    default:
      return false;
  }
}

/**
 * The type that a page of the BAR has been reserved with: by the driver for all of its VRAM, or by a mapping of the kernel's. Null where nobody has.
 * @ref drivers/gpu/drm/amd/amdgpu/amdgpu_object.c:965 (arch_io_reserve_memtype_wc), arch/x86/mm/pat/memtype.c:520 (memtype_reserve)
 */
function memtype_lookup(k: Linux, frame: Pfn): number | null {
  if (!is_x86(k)) return null;
  const { vram = false, vramCaching = "wc" } = k.driver;
  if (vram && vramCaching === "wc") return WC;
  for (let buf = 0; buf < MAX_BUFS; buf++) {
    if (!maps(k, buf, frame)) continue;
    // A buffer's own mappings have the type of VRAM.
    return buf_get(k, buf, "kind") === BUF_BAR ? buf_get(k, buf, "caching") : pat_x_mtrr_type(k, CACHING_CODE[vramCaching]);
  }
  return null;
}

/**
 * The type that a kernel mapping of pages of the BAR gets: what the first of them has already comes first. Null where that is refused:
 * whoever asks for UC- or WC must not get WB.   @ref arch/x86/include/asm/pgtable.h:920-950 (is_new_memtype_allowed), arch/x86/mm/ioremap.c:229-250 (is_new_memtype_allowed)
 */
export function memtype_reserve(k: Linux, frames: readonly Pfn[], wanted: number): number | null {
  const own = pat_x_mtrr_type(k, wanted);
  const existing = memtype_lookup(k, frames[0]!);
  if (existing === null || existing === own) return own;
  return existing === CACHED ? null : existing;
}

/**
 * The protection of a user PTE for one page: a page of the BAR has the type that it is reserved with, whatever was asked for, and UC- where it
 * is not.   @ref arch/x86/mm/pat/memtype.c:1069-1080 (track_pfn_insert), arch/x86/mm/pat/memtype.c:654-682 (lookup_memtype)
 */
export function track_pfn_insert(k: Linux, frame: Pfn, prot: Pgprot): Pgprot {
  if (!is_x86(k) || !k.machine.memory.isBar(frame)) return prot;
  const bare = [PTE_PWT, PTE_PCD].reduce((bits, bit) => (Math.floor(bits / bit) % 2 === 1 ? bits - bit : bits), prot);
  return pgprot_caching(bare, memtype_lookup(k, frame) ?? UC);
}
