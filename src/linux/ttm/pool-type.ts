// SPDX-License-Identifier: MIT
/**
 * drivers/gpu/drm/ttm/ttm_pool.c: struct ttm_pool_type, the chunks that TTM keeps between buffers. They stay as they are: decrypted
 * where dma_alloc_attrs() decrypted them, with their caching in the linear map.
 * SIMPLIFIED (may miss bugs): coherent memory is taken to have its address in the linear map, as it has on x86.
 * SIMPLIFIED (may miss bugs): one list for each caching holds the chunks of all orders, eight at most; one more is freed at once.
 */

import { type DmaAddr, dmaAddr, get64, type Pfn, pfn } from "../../base/index.ts";
import { CACHED, UC, WC } from "../bufs.ts";
import { dma_alloc_attrs, dma_free_attrs } from "../dma/mapping.ts";
import { PAGE, pageAt, POOL_CHUNKS } from "../layout.ts";
import { clear_words, is_x86, type Linux, note, put, put64 } from "../linux.ts";
import { alloc_pages, free_pages } from "../mm/page-alloc.ts";
import { zero_pages } from "../mm/memory.ts";
import { ramFrames } from "../../machine/index.ts";
import { set_pages_array_wb } from "../x86/set-pages.ts";
import { caching_name } from "./caching.ts";

/** page->private: the order alone, or struct ttm_pool_dma with the handle. */
export const page_order = (k: Linux, frame: Pfn): number => k.s[pageAt(k.layout, frame) + PAGE.order]!;
export const page_dma = (k: Linux, frame: Pfn): DmaAddr => dmaAddr(get64(k.s, pageAt(k.layout, frame) + PAGE.dma_addr));

/** True where `count` pages from the first page of an allocation are all of that allocation. */
export function allocation_covers(k: Linux, first: Pfn, count: number): boolean {
  return page_dma(k, first) !== 0 && 1 << page_order(k, first) >= count;
}

/** Frames of a chunk. */
export function chunk_frames(first: Pfn, order: number): Pfn[] {
  return Array.from({ length: 1 << order }, (_, i) => pfn(first + i));
}

/** @ref drivers/gpu/drm/ttm/ttm_pool.c:80-130 */
export function ttm_pool_alloc_page(k: Linux, order: number, zero: boolean): Pfn | null {
  let first: Pfn | null;
  let handle: DmaAddr = dmaAddr(0);
  if (k.use_dma_alloc) {
    const allocation = dma_alloc_attrs(k, order);
    first = allocation?.first ?? null;
    if (allocation !== null) handle = allocation.handle;
  } else {
    first = alloc_pages(k, order, zero, k.use_dma32);
  }
  if (first === null) return null;
  put(k, pageAt(k.layout, first) + PAGE.order, order);
  put64(k, pageAt(k.layout, first) + PAGE.dma_addr, handle);
  return first;
}

/** Back to the allocator, cached again and (by dma_free_attrs()) encrypted again. @ref drivers/gpu/drm/ttm/ttm_pool.c:133-161 */
export function ttm_pool_free_page(k: Linux, caching: number, order: number, first: Pfn): void {
  if (is_x86(k) && caching !== CACHED) set_pages_array_wb(k, chunk_frames(first, order));
  if (k.use_dma_alloc) dma_free_attrs(k, order, { first, handle: page_dma(k, first) });
  else free_pages(k, first, order);
  // page->private of a free page means nothing.
  clear_words(k, pageAt(k.layout, first), pageAt(k.layout, first) + 3);
}

/** First word of a caching's list; -1 where pages of it are not kept. @ref drivers/gpu/drm/ttm/ttm_pool.c:287-318 */
export function ttm_pool_select_type(k: Linux, caching: number): number {
  if (!k.use_dma_alloc && (caching === CACHED || !is_x86(k))) return -1;
  return k.layout.pool + caching * POOL_CHUNKS;
}

/** Takes the chunk of an order that was given last. @ref drivers/gpu/drm/ttm/ttm_pool.c:243-256 */
export function ttm_pool_type_take(k: Linux, list: number, order: number): Pfn | null {
  if (list < 0) return null;
  for (let i = 0; i < POOL_CHUNKS && k.s[list + i] !== 0; i++) {
    const first = pfn(k.s[list + i]! - 1);
    if (page_order(k, first) !== order) continue;
    for (let next = i + 1; next < POOL_CHUNKS; next++) put(k, list + next - 1, k.s[list + next]!);
    put(k, list + POOL_CHUNKS - 1, 0);
    return first;
  }
  return null;
}

/** Clears a chunk through the linear map and puts it in front. @ref drivers/gpu/drm/ttm/ttm_pool.c:225-240 */
export function ttm_pool_type_give(k: Linux, list: number, caching: number, order: number, first: Pfn): void {
  zero_pages(k, first, 1 << order);
  if (k.s[list + POOL_CHUNKS - 1] !== 0) {
    ttm_pool_free_page(k, caching, order, first);
    return;
  }
  for (let last = POOL_CHUNKS - 1; last > 0; last--) put(k, list + last, k.s[list + last - 1]!);
  put(k, list, first + 1);
}

function chunks(k: Linux, caching: number): Pfn[] {
  const list = k.layout.pool + caching * POOL_CHUNKS;
  return Array.from(k.s.slice(list, list + POOL_CHUNKS)).filter((word) => word !== 0).map((word) => pfn(word - 1));
}

/** allocated_pages: what the pools keep. */
export function pool_allocated_pages(k: Linux): number {
  return [CACHED, WC, UC].flatMap((caching) => chunks(k, caching)).reduce((sum, first) => sum + (1 << page_order(k, first)), 0);
}

/** The most that pools keep: half of RAM. @ref drivers/gpu/drm/ttm/ttm_device.c:86-96 (ttm_pool_mgr_init) */
export function page_pool_size(k: Linux): number {
  return Math.floor(ramFrames(k.layout.ram) / 2);
}

/**
 * Frees one chunk; the pages in it, 0 where there is none. The lists are looked at in the order in which they were
 * registered: by caching (enum ttm_caching: UC, WC, cached) and order for a device's own, by order for the global ones.
 * SIMPLIFIED (may miss bugs): the shrinker's list is not rotated, so it begins with the same type each time.
 * @ref drivers/gpu/drm/ttm/ttm_pool.c:321-343 (ttm_pool_shrink), drivers/gpu/drm/ttm/ttm_pool.c:560-600 (ttm_pool_init), drivers/gpu/drm/ttm/ttm_pool.c:789-808 (ttm_pool_mgr_init)
 */
export function ttm_pool_shrink(k: Linux): number {
  const listed = (k.use_dma_alloc ? [UC, WC, CACHED] : [WC, UC]).flatMap((caching, at) => chunks(k, caching).map((first) => ({ caching, at, first, order: page_order(k, first) })));
  listed.sort((a, b) => (k.use_dma_alloc ? a.at - b.at || a.order - b.order : a.order - b.order || a.at - b.at));
  const chosen = listed[0];
  if (chosen === undefined) return 0;
  const { caching, order } = chosen;
  const first = ttm_pool_type_take(k, k.layout.pool + caching * POOL_CHUNKS, order)!;
  note(k, "ttm_pool_shrink", "drivers/gpu/drm/ttm/ttm_pool.c:321", `${1 << order} ${caching_name(caching)} page(s) go back`);
  ttm_pool_free_page(k, caching, order, first);
  return 1 << order;
}
