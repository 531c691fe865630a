// SPDX-License-Identifier: MIT
/**
 * mm/page_alloc.c as far as its callers can tell: aligned runs of 2^order frames, lowest first.
 * SIMPLIFIED: one zone below 4 GiB, so GFP_DMA32 changes nothing; no per-cpu lists, so which frame comes next differs
 * from a real machine.
 */

import { type Pfn, pfn } from "../../base/index.ts";
import { FIRST_PFN, RAM } from "../layout.ts";
import type { Linux } from "../linux.ts";
import { zero_pages } from "./memory.ts";

/** Allocates 2^order frames; null where there are none. @param zero clears them through the linear map (__GFP_ZERO) */
export function alloc_pages(k: Linux, order: number, zero: boolean): Pfn | null {
  const count = 1 << order;
  const run = (count === 32 ? 0xffffffff : (1 << count) - 1) >>> 0;
  for (let at = 0; at + count <= RAM.frames; at += count) {
    const mask = (run << at) >>> 0;
    if ((k.s[k.layout.allocated]! & mask) !== 0) continue;
    k.s[k.layout.allocated] = (k.s[k.layout.allocated]! | mask) >>> 0;
    const first = pfn(FIRST_PFN + at);
    if (zero) zero_pages(k, first, count);
    return first;
  }
  return null;
}

/** Gives 2^order frames back. */
export function free_pages(k: Linux, first: Pfn, order: number): void {
  const mask = (((1 << (1 << order)) - 1) << (first - FIRST_PFN)) >>> 0;
  k.s[k.layout.allocated] = (k.s[k.layout.allocated]! & ~mask) >>> 0;
}
