// SPDX-License-Identifier: MIT
/** drivers/gpu/drm/ttm/ttm_pool.c: pages for a ttm_tt, from dma_alloc_attrs() or the page allocator, DMA-mapped, with their caching. */

import { type DmaAddr, PAGE_SIZE, type Pfn, pfn } from "../../base/index.ts";
import { buf_get, buf_set, CACHED, set_tt_dma_address, set_tt_page, tt_dma_address, tt_page, TTM_TT_FLAG_ZERO_ALLOC, WC } from "../bufs.ts";
import { dma_map_page_attrs, dma_mapping_error, dma_unmap_page_attrs } from "../dma/mapping.ts";
import { EFAULT, ENOMEM } from "../errno.ts";
import { is_x86, type Linux, note } from "../linux.ts";
import { set_pages_array_uc, set_pages_array_wc } from "../x86/set-pages.ts";
import { page_dma, page_order, page_pool_size, pool_allocated_pages, ttm_pool_alloc_page, ttm_pool_free_page, ttm_pool_select_type, ttm_pool_shrink, ttm_pool_type_give, ttm_pool_type_take } from "./pool-type.ts";

/** A running allocation. */
interface PoolAlloc {
  readonly bo: number;
  readonly map: boolean;
  readonly caching: number;
  /** Pages that are there, and those of them that have their caching. */
  done: number;
  applied: number;
}

/** Gives the pages that came since the last call their caching. @ref drivers/gpu/drm/ttm/ttm_pool.c:164-183 */
function ttm_pool_apply_caching(k: Linux, a: PoolAlloc): number {
  const frames: Pfn[] = [];
  for (let i = a.applied; i < a.done; i++) frames.push(tt_page(k, a.bo, i)!);
  if (!is_x86(k) || frames.length === 0 || a.caching === CACHED) return 0;
  return a.caching === WC ? set_pages_array_wc(k, frames) : set_pages_array_uc(k, frames);
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

/** A chunk becomes the next pages of the tt. @ref drivers/gpu/drm/ttm/ttm_pool.c:358-377 */
function ttm_pool_page_allocated(k: Linux, a: PoolAlloc, order: number, first: Pfn): number {
  const error = a.map ? ttm_pool_map(k, a.bo, a.done, order, first) : 0;
  if (error !== 0) return error;
  for (let i = 0; i < 1 << order; i++) set_tt_page(k, a.bo, a.done + i, pfn(first + i));
  a.done += 1 << order;
  return 0;
}

/** Gives back all that an allocation has so far, each part to the pool of the caching that it has. */
function undo(k: Linux, a: PoolAlloc, error: number): number {
  ttm_pool_free_range(k, a.bo, a.caching, 0, a.applied, a.map);
  ttm_pool_free_range(k, a.bo, CACHED, a.applied, a.done, a.map);
  return error;
}

/** Takes one chunk of an order, from the pool or new; null where there is none, else 0 or an error. */
function take_chunk(k: Linux, a: PoolAlloc, order: number, zero: boolean): number | null {
  const pooled = ttm_pool_type_take(k, ttm_pool_select_type(k, a.caching), order);
  if (pooled !== null) {
    const applied = ttm_pool_apply_caching(k, a);
    if (applied === 0) a.applied = a.done;
    const error = applied === 0 ? ttm_pool_page_allocated(k, a, order, pooled) : applied;
    if (error === 0) a.applied = a.done;
    else ttm_pool_free_page(k, a.caching, order, pooled);
    return error;
  }
  const fresh = ttm_pool_alloc_page(k, order, zero);
  if (fresh === null) return null;
  const error = ttm_pool_page_allocated(k, a, order, fresh);
  if (error !== 0) ttm_pool_free_page(k, CACHED, order, fresh);
  return error;
}

/**
 * Fills pages[] and, where the tt has it, dma_address[]: the largest chunks that fit, smaller ones where there are none.
 * 0, or -ENOMEM, -EFAULT, -EINVAL with nothing left behind.   @ref drivers/gpu/drm/ttm/ttm_pool.c:428-533
 */
export function ttm_pool_alloc(k: Linux, bo: number, map: boolean): number {
  const num_pages = buf_get(k, bo, "num_pages");
  const zero = (buf_get(k, bo, "page_flags") & TTM_TT_FLAG_ZERO_ALLOC) !== 0;
  const a: PoolAlloc = { bo, map, caching: buf_get(k, bo, "caching"), done: 0, applied: 0 };
  let order = 31 - Math.clz32(num_pages);
  while (a.done < num_pages) {
    order = Math.min(order, 31 - Math.clz32(num_pages - a.done));
    const error = take_chunk(k, a, order, zero);
    if (error === null && order === 0) return undo(k, a, -ENOMEM);
    if (error === null) order--;
    else if (error !== 0) return undo(k, a, error);
  }
  const error = ttm_pool_apply_caching(k, a);
  if (error !== 0) return undo(k, a, error);
  if (map) buf_set(k, bo, "device_mapped", 1);
  note(k, "ttm_pool_alloc", "drivers/gpu/drm/ttm/ttm_pool.c:428", `${num_pages} page(s) from ${k.use_dma_alloc ? "dma_alloc_attrs()" : "alloc_pages_node()"}`);
  return 0;
}

/** Unmaps pages and gives them to the pool of a caching, or back to the allocator. @ref drivers/gpu/drm/ttm/ttm_pool.c:392-414 */
function ttm_pool_free_range(k: Linux, bo: number, caching: number, start: number, end: number, mapped: boolean): void {
  for (let at = start; at < end; ) {
    const first = tt_page(k, bo, at)!;
    const order = page_order(k, first);
    if (mapped && !k.use_dma_alloc) dma_unmap_page_attrs(k, tt_dma_address(k, bo, at), PAGE_SIZE << order, false);
    const list = ttm_pool_select_type(k, caching);
    if (list >= 0) ttm_pool_type_give(k, list, caching, order, first);
    else ttm_pool_free_page(k, caching, order, first);
    for (let i = 0; i < 1 << order; i++) {
      set_tt_page(k, bo, at + i, null);
      set_tt_dma_address(k, bo, at + i, 0);
    }
    at += 1 << order;
  }
}

/** Gives all pages of a tt back, and shrinks pools that have too much. @ref drivers/gpu/drm/ttm/ttm_pool.c:543-550 */
export function ttm_pool_free(k: Linux, bo: number, mapped: boolean): void {
  ttm_pool_free_range(k, bo, buf_get(k, bo, "caching"), 0, buf_get(k, bo, "num_pages"), mapped);
  buf_set(k, bo, "device_mapped", 0);
  while (pool_allocated_pages(k) > page_pool_size(k)) ttm_pool_shrink(k);
}
