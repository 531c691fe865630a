// SPDX-License-Identifier: MIT
/** struct ttm_buffer_object and its ttm_tt as rows of the state. */

import { type DmaAddr, dmaAddr, get64, type Pfn, pfn, set64, virtAddr, type VirtAddr } from "../../base/index.ts";
import { BO, boAt } from "../layout.ts";
import type { Linux } from "../linux.ts";

/** ttm_tt.page_flags. @ref include/drm/ttm/ttm_tt.h:92-98 */
export const TTM_TT_FLAG_ZERO_ALLOC: number = 1 << 1;
export const TTM_TT_FLAG_DECRYPTED: number = 1 << 4;
export const TTM_TT_FLAG_PRIV_POPULATED: number = 1 << 5;

/** ttm_bo_kmap_obj.bo_kmap_type. */
export const KMAP_NONE = 0;
export const KMAP_KMAP = 1;
export const KMAP_VMAP = 2;

type Field = keyof typeof BO;

/** A one-word field. */
export function bo_get(k: Linux, bo: number, field: Field): number {
  return k.s[boAt(k.layout, bo) + BO[field]]!;
}

export function bo_set(k: Linux, bo: number, field: Field, value: number): void {
  k.s[boAt(k.layout, bo) + BO[field]] = value;
}

/** ttm_tt.pages[i]; null while not populated. */
export function tt_page(k: Linux, bo: number, page: number): Pfn | null {
  const word = k.s[boAt(k.layout, bo) + BO.pages + page]!;
  return word === 0 ? null : pfn(word - 1);
}

export function set_tt_page(k: Linux, bo: number, page: number, frame: Pfn | null): void {
  k.s[boAt(k.layout, bo) + BO.pages + page] = frame === null ? 0 : frame + 1;
}

/** ttm_tt.dma_address[i], or what the driver's own sg table has for the page. */
export function tt_dma_address(k: Linux, bo: number, page: number): DmaAddr {
  return dmaAddr(get64(k.s, boAt(k.layout, bo) + BO.dma_address + page * 2));
}

export function set_tt_dma_address(k: Linux, bo: number, page: number, address: number): void {
  set64(k.s, boAt(k.layout, bo) + BO.dma_address + page * 2, address);
}

/** Kernel addresses of the two kinds of kernel map; 0 while there is none. */
export function bo_virtual(k: Linux, bo: number, field: "kmap_virtual" | "vmap_virtual"): VirtAddr {
  return virtAddr(get64(k.s, boAt(k.layout, bo) + BO[field]));
}

export function set_bo_virtual(k: Linux, bo: number, field: "kmap_virtual" | "vmap_virtual", address: number): void {
  set64(k.s, boAt(k.layout, bo) + BO[field], address);
}
