// SPDX-License-Identifier: MIT
/**
 * drivers/gpu/drm/ttm/ttm_tt.c: pages to shmem and back. copy_highpage() works through the linear map on both sides, so a
 * decrypted page is read in plain, and its copy in shmem is private.
 */

import { type Pfn, pfn } from "../../base/index.ts";
import { buf_get, buf_set, tt_page, TTM_TT_FLAG_SWAPPED } from "../bufs.ts";
import { ENOMEM } from "../errno.ts";
import { BUF, bufAt } from "../layout.ts";
import { injected, type Linux, note, put } from "../linux.ts";
import { copy_page } from "../mm/memory.ts";
import { alloc_pages, free_pages } from "../mm/page-alloc.ts";

function swap_page(k: Linux, bo: number, page: number): Pfn | null {
  const word = k.s[bufAt(k.layout, bo) + BUF.swap_pages + page]!;
  return word === 0 ? null : pfn(word - 1);
}

function set_swap_page(k: Linux, bo: number, page: number, frame: Pfn | null): void {
  put(k, bufAt(k.layout, bo) + BUF.swap_pages + page, frame === null ? 0 : frame + 1);
}

/** fput(swap_storage): what is in shmem goes, if anything is. */
export function put_swap_storage(k: Linux, bo: number): void {
  for (let page = 0; page < buf_get(k, bo, "num_pages"); page++) {
    const frame = swap_page(k, bo, page);
    if (frame !== null) free_pages(k, frame, 0);
    set_swap_page(k, bo, page, null);
  }
}

/** Copies all pages to new pages of shmem: 0, or -ENOMEM with none kept. The caller unpopulates the tt. @ref drivers/gpu/drm/ttm/ttm_tt.c:266-311 (ttm_tt_swapout) */
export function copy_to_swap_storage(k: Linux, bo: number): number {
  // What shmem_file_setup() returns where there is no inode to be had, mm/shmem.c:5290 (__shmem_file_setup).
  if (injected(k, "shmem_file_setup")) return -ENOMEM;
  const num_pages = buf_get(k, bo, "num_pages");
  for (let page = 0; page < num_pages; page++) {
    const to = alloc_pages(k, 0, false);
    if (to === null) {
      put_swap_storage(k, bo);
      return -ENOMEM;
    }
    set_swap_page(k, bo, page, to);
    copy_page(k, to, tt_page(k, bo, page)!);
  }
  note(k, "ttm_tt_swapout", "drivers/gpu/drm/ttm/ttm_tt.c:266", `${num_pages} page(s) copied to shmem through the linear map`);
  return 0;
}

/** Copies back into new pages, and drops what shmem has. @ref drivers/gpu/drm/ttm/ttm_tt.c:213-254 (ttm_tt_swapin) */
export function ttm_tt_swapin(k: Linux, bo: number): void {
  const num_pages = buf_get(k, bo, "num_pages");
  for (let page = 0; page < num_pages; page++) copy_page(k, tt_page(k, bo, page)!, swap_page(k, bo, page)!);
  put_swap_storage(k, bo);
  buf_set(k, bo, "page_flags", buf_get(k, bo, "page_flags") & ~TTM_TT_FLAG_SWAPPED);
  note(k, "ttm_tt_swapin", "drivers/gpu/drm/ttm/ttm_tt.c:213", `${num_pages} page(s) copied back from shmem through the linear map`);
}
