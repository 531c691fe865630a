// SPDX-License-Identifier: MIT
/**
 * drivers/gpu/drm/ttm/ttm_pool.c: pages for a ttm_tt, from dma_alloc_attrs() or the page allocator, DMA-mapped.
 * SIMPLIFIED (may miss bugs): ttm_cached only (all profiles use it), so there is one ttm_pool_type per order and no caching to apply;
 * no shrinker and no page_pool_size.
 */

import { type DmaAddr, dmaAddr, get64, PAGE_SIZE, type Pfn, pfn, set64 } from "../../base/index.ts";
import { dma_alloc_attrs, dma_free_attrs, dma_map_page_attrs, dma_mapping_error, dma_unmap_page_attrs } from "../dma/mapping.ts";
import { EFAULT, ENOMEM } from "../errno.ts";
import { PAGE, pageAt, POOL_CHUNKS } from "../layout.ts";
import { type Linux, note } from "../linux.ts";
import { alloc_pages, free_pages } from "../mm/page-alloc.ts";
import { zero_pages } from "../mm/memory.ts";
import { buf_get, buf_set, set_tt_dma_address, set_tt_page, tt_dma_address, tt_page, TTM_TT_FLAG_ZERO_ALLOC } from "../bufs.ts";

/** page->private: the order alone, or struct ttm_pool_dma with the handle. */
const page_order = (k: Linux, frame: Pfn): number => k.s[pageAt(k.layout, frame) + PAGE.order]!;
const page_dma = (k: Linux, frame: Pfn): DmaAddr => dmaAddr(get64(k.s, pageAt(k.layout, frame) + PAGE.dma_addr));

/** @ref drivers/gpu/drm/ttm/ttm_pool.c:80-130 */
function ttm_pool_alloc_page(k: Linux, order: number, zero: boolean): Pfn | null {
  let first: Pfn | null;
  let handle: DmaAddr = dmaAddr(0);
  if (k.use_dma_alloc) {
    const allocation = dma_alloc_attrs(k, order);
    first = allocation?.first ?? null;
    if (allocation !== null) handle = allocation.handle;
  } else {
    first = alloc_pages(k, order, zero);
  }
  if (first === null) return null;
  k.s[pageAt(k.layout, first) + PAGE.order] = order;
  set64(k.s, pageAt(k.layout, first) + PAGE.dma_addr, handle);
  return first;
}

/** @ref drivers/gpu/drm/ttm/ttm_pool.c:133-161 */
function ttm_pool_free_page(k: Linux, order: number, first: Pfn): void {
  if (k.use_dma_alloc) dma_free_attrs(k, order, { first, handle: page_dma(k, first) });
  else free_pages(k, first, order);
}

/** DMA addresses for 2^order pages. @ref drivers/gpu/drm/ttm/ttm_pool.c:186-210 */
function ttm_pool_map(k: Linux, bo: number, at: number, order: number, first: Pfn): number {
  let address: DmaAddr;
  if (k.use_dma_alloc) {
    address = page_dma(k, first);
  } else {
    address = dma_map_page_attrs(k, first, PAGE_SIZE << order);
    if (dma_mapping_error(address)) return -EFAULT;
  }
  for (let i = 0; i < 1 << order; i++) set_tt_dma_address(k, bo, at + i, address + i * PAGE_SIZE);
  return 0;
}

/** Takes the last given chunk of an order: pages from dma_alloc_attrs() stay decrypted meanwhile. @ref drivers/gpu/drm/ttm/ttm_pool.c:243-256 */
function ttm_pool_type_take(k: Linux, order: number): Pfn | null {
  if (!k.use_dma_alloc) return null;
  for (let i = 0; i < POOL_CHUNKS; i++) {
    const word = k.s[k.layout.pool + i]!;
    if (word === 0) return null;
    const first = pfn(word - 1);
    if (page_order(k, first) !== order) continue;
    k.s.copyWithin(k.layout.pool + i, k.layout.pool + i + 1, k.layout.pool + POOL_CHUNKS);
    k.s[k.layout.pool + POOL_CHUNKS - 1] = 0;
    return first;
  }
  return null;
}

/** Clears a chunk and puts it in front. @ref drivers/gpu/drm/ttm/ttm_pool.c:225-240 */
function ttm_pool_type_give(k: Linux, order: number, first: Pfn): void {
  zero_pages(k, first, 1 << order);
  if (k.s[k.layout.pool + POOL_CHUNKS - 1] !== 0) {
    ttm_pool_free_page(k, order, first);
    return;
  }
  k.s.copyWithin(k.layout.pool + 1, k.layout.pool, k.layout.pool + POOL_CHUNKS - 1);
  k.s[k.layout.pool] = first + 1;
}

/** Fills pages[] and, where the tt has it, dma_address[]. 0, or -ENOMEM, -EFAULT with nothing left behind. @ref drivers/gpu/drm/ttm/ttm_pool.c:428-533 */
export function ttm_pool_alloc(k: Linux, bo: number, map: boolean): number {
  const num_pages = buf_get(k, bo, "num_pages");
  const zero = (buf_get(k, bo, "page_flags") & TTM_TT_FLAG_ZERO_ALLOC) !== 0;
  let done = 0;
  let order = 31 - Math.clz32(num_pages);
  while (done < num_pages) {
    order = Math.min(order, 31 - Math.clz32(num_pages - done));
    const first = ttm_pool_type_take(k, order) ?? ttm_pool_alloc_page(k, order, zero);
    if (first === null) {
      if (order > 0) {
        order--;
        continue;
      }
      ttm_pool_free_range(k, bo, done, map);
      return -ENOMEM;
    }
    const error = map ? ttm_pool_map(k, bo, done, order, first) : 0;
    if (error !== 0) {
      ttm_pool_free_page(k, order, first);
      ttm_pool_free_range(k, bo, done, map);
      return error;
    }
    for (let i = 0; i < 1 << order; i++) set_tt_page(k, bo, done + i, pfn(first + i));
    done += 1 << order;
  }
  if (map) buf_set(k, bo, "device_mapped", 1);
  note(k, "ttm_pool_alloc", "drivers/gpu/drm/ttm/ttm_pool.c:428", `${num_pages} page(s) from ${k.use_dma_alloc ? "dma_alloc_attrs()" : "alloc_pages_node()"}`);
  return 0;
}

/** Unmaps and gives back the first `count` pages. @ref drivers/gpu/drm/ttm/ttm_pool.c:392-414 */
function ttm_pool_free_range(k: Linux, bo: number, count: number, mapped: boolean): void {
  for (let at = 0; at < count; ) {
    const first = tt_page(k, bo, at)!;
    const order = page_order(k, first);
    if (mapped && !k.use_dma_alloc) dma_unmap_page_attrs(k, tt_dma_address(k, bo, at), PAGE_SIZE << order, false);
    if (k.use_dma_alloc) ttm_pool_type_give(k, order, first);
    else ttm_pool_free_page(k, order, first);
    for (let i = 0; i < 1 << order; i++) {
      set_tt_page(k, bo, at + i, null);
      set_tt_dma_address(k, bo, at + i, 0);
    }
    at += 1 << order;
  }
}

/** Gives all pages of a tt back. @ref drivers/gpu/drm/ttm/ttm_pool.c:543-550 */
export function ttm_pool_free(k: Linux, bo: number, mapped: boolean): void {
  ttm_pool_free_range(k, bo, buf_get(k, bo, "num_pages"), mapped);
  buf_set(k, bo, "device_mapped", 0);
}
