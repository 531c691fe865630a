// SPDX-License-Identifier: MIT
/**
 * mm/page_alloc.c as far as its callers can tell: aligned runs of 2^order frames, lowest first.
 * SIMPLIFIED (may miss bugs): no per-cpu lists, so which frame comes next differs from a real machine.
 */

import { type Pfn, pfn } from "../../base/index.ts";
import { frameIndex, type RamBank } from "../layout.ts";
import { injected, type Linux } from "../linux.ts";
import { put_frame_bit, test_frame_bit } from "./frame-bits.ts";
import { zero_pages } from "./memory.ts";

/** The banks that allocations look in: memory above 4 GiB (ZONE_NORMAL) first, where the caller may have it. */
function zones(k: Linux, dma32: boolean): RamBank[] {
  return k.layout.banks.filter(({ use }) => use !== "pool" && !(dma32 && use === "high")).reverse();
}

/** True where frame number `index` (over all banks) is handed out. */
export function is_allocated(k: Linux, index: number): boolean {
  return test_frame_bit(k, k.layout.allocated, index);
}

function mark(k: Linux, index: number, taken: boolean): void {
  put_frame_bit(k, k.layout.allocated, index, taken);
}

/** Takes 2^order free frames; null where there are none side by side. */
function get_page_from_freelist(k: Linux, order: number, dma32: boolean): Pfn | null {
  const count = 1 << order;
  for (const { firstPfn, frames, before } of zones(k, dma32)) {
    for (let at = 0; at + count <= frames; at += count) {
      let free = true;
      for (let i = 0; i < count; i++) free &&= !is_allocated(k, before + at + i);
      if (!free) continue;
      for (let i = 0; i < count; i++) mark(k, before + at + i, true);
      return pfn(firstPfn + at);
    }
  }
  return null;
}

/**
 * Allocates 2^order frames; null where there are none, also once the shrinkers have given back what they keep.
 * @param zero clears them through the linear map (__GFP_ZERO)
 * @param dma32 only memory below 4 GiB (GFP_DMA32)
 * @param reclaim whether the caller may wait for the shrinkers (__GFP_DIRECT_RECLAIM)
 * @ref mm/page_alloc.c:4022 (__alloc_pages_direct_reclaim)
 */
export function alloc_pages(k: Linux, order: number, zero: boolean, dma32 = false, reclaim = true): Pfn | null {
  if (injected(k, "alloc_pages")) return null;
  let first = get_page_from_freelist(k, order, dma32);
  if (reclaim) while (first === null && k.shrink_slab(k) > 0) first = get_page_from_freelist(k, order, dma32);
  if (first !== null && zero) zero_pages(k, first, 1 << order);
  return first;
}

/** Takes the last frames above 4 GiB for good, as what the kernel allocates while it boots: buffers begin at an aligned frame. Null where there are none. */
export function alloc_boot_pages(k: Linux, count: number): Pfn | null {
  const high = k.layout.banks.find(({ use }) => use === "high");
  if (high === undefined) return null;
  for (let i = 1; i <= count; i++) mark(k, high.before + high.frames - i, true);
  return pfn(high.firstPfn + high.frames - count);
}

/** Gives 2^order frames back. */
export function free_pages(k: Linux, first: Pfn, order: number): void {
  for (let i = 0; i < 1 << order; i++) mark(k, frameIndex(k.layout, pfn(first + i)), false);
}

/** Allocates `count` neighbouring frames: the power of two above, and what is too much goes back. @ref mm/page_alloc.c:5098-5143 (make_alloc_exact) */
export function alloc_pages_exact(k: Linux, count: number, zero: boolean): Pfn | null {
  const order = Math.ceil(Math.log2(count));
  const first = alloc_pages(k, order, zero);
  if (first !== null) for (let i = count; i < 1 << order; i++) free_pages(k, pfn(first + i), 0);
  return first;
}
