// SPDX-License-Identifier: MIT
/** Buffers as rows of the state: struct ttm_buffer_object with its ttm_tt, allocations, windows of the BAR. */

import { type DmaAddr, dmaAddr, get64, type Pfn, pfn, virtAddr, type VirtAddr } from "../base/index.ts";
import type { Caching } from "../kernel/index.ts";
import { BUF, bufAt, MAX_BUF_PAGES, MAX_BUFS } from "./layout.ts";
import { clear_words, type Linux, put, put64 } from "./linux.ts";

/** ttm_tt.page_flags. @ref include/drm/ttm/ttm_tt.h:92-98 */
export const TTM_TT_FLAG_SWAPPED: number = 1 << 0;
export const TTM_TT_FLAG_ZERO_ALLOC: number = 1 << 1;
export const TTM_TT_FLAG_EXTERNAL: number = 1 << 2;
export const TTM_TT_FLAG_EXTERNAL_MAPPABLE: number = 1 << 3;
export const TTM_TT_FLAG_DECRYPTED: number = 1 << 4;
export const TTM_TT_FLAG_PRIV_POPULATED: number = 1 << 5;

/** ttm_bo_kmap_obj.bo_kmap_type. */
export const KMAP_NONE = 0;
export const KMAP_KMAP = 1;
export const KMAP_VMAP = 2;
export const KMAP_IOMAP = 3;

type Field = keyof typeof BUF;

/** The fields that hold a virtual address. */
export type VirtualField = "kmap_virtual" | "vmap_virtual" | "coherent_virtual" | "ioremap_virtual";

/** A one-word field. */
export function buf_get(k: Linux, buf: number, field: Field): number {
  return k.s[bufAt(k.layout, buf) + BUF[field]]!;
}

export function buf_set(k: Linux, buf: number, field: Field, value: number): void {
  put(k, bufAt(k.layout, buf) + BUF[field], value);
}

/** ttm_tt.pages[i]; null while not populated, and for what there is no room for. */
export function tt_page(k: Linux, buf: number, page: number): Pfn | null {
  if (buf >= MAX_BUFS || page >= MAX_BUF_PAGES) return null;
  const word = k.s[bufAt(k.layout, buf) + BUF.pages + page]!;
  return word === 0 ? null : pfn(word - 1);
}

export function set_tt_page(k: Linux, buf: number, page: number, frame: Pfn | null): void {
  put(k, bufAt(k.layout, buf) + BUF.pages + page, frame === null ? 0 : frame + 1);
}

/** ttm_tt.dma_address[i], or what the driver's own sg table has for the page. */
export function tt_dma_address(k: Linux, buf: number, page: number): DmaAddr {
  return dmaAddr(get64(k.s, bufAt(k.layout, buf) + BUF.dma_address + page * 2));
}

export function set_tt_dma_address(k: Linux, buf: number, page: number, address: number): void {
  put64(k, bufAt(k.layout, buf) + BUF.dma_address + page * 2, address);
}

/** Kernel addresses of the two kinds of kernel map; 0 while there is none. */
export function buf_virtual(k: Linux, buf: number, field: VirtualField): VirtAddr {
  return virtAddr(get64(k.s, bufAt(k.layout, buf) + BUF[field]));
}

export function set_buf_virtual(k: Linux, buf: number, field: VirtualField, address: number): void {
  put64(k, bufAt(k.layout, buf) + BUF[field], address);
}

/** Caching as a word in `BUF.caching`: an index into CACHINGS of the contract, so that zero is cached. */
export const CACHED = 0;
export const WC = 1;
export const UC = 2;

/** `BUF.caching` of a contract's word. */
export const CACHING_CODE: Readonly<Record<Caching, number>> = { cached: CACHED, wc: WC, uc: UC };

/** Bits of `BUF.flags`. The pages are pinned user memory. */
export const BUF_FLAG_USERPTR: number = 1 << 0;

/** True for a buffer over pinned user memory. */
export function is_userptr(k: Linux, buf: number): boolean {
  return (buf_get(k, buf, "flags") & BUF_FLAG_USERPTR) !== 0;
}

/** True while an import or a userptr buffer lives on the pages of `buf`: its owner may not free them. */
export function is_borrowed(k: Linux, buf: number): boolean {
  for (let other = 0; other < MAX_BUFS; other++) {
    if (buf_get(k, other, "from") === buf + 1) return true;
  }
  return false;
}

/** Forgets a buffer: its row is zero again. */
export function clear_buf(k: Linux, buf: number): void {
  clear_words(k, bufAt(k.layout, buf), bufAt(k.layout, buf + 1));
}
