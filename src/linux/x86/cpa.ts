// SPDX-License-Identifier: MIT
/**
 * arch/x86/mm/pat/set_memory.c: the machinery that changes attributes of pages in the linear map.
 * SIMPLIFIED (may miss bugs): the linear map has 4 KiB entries from the start, so nothing is split; an injected failure stands
 * for a split that found no memory. No high kernel map.
 */

import { loWord, type Pfn, testBit, type VirtAddr } from "../../base/index.ts";
import { PTE_PRESENT } from "../../machine/index.ts";
import { ENOMEM } from "../errno.ts";
import { injected, type Linux } from "../linux.ts";
import { change_leaf, leaf_bits, linear_address } from "../mm/page-tables.ts";
import { vm_unmap_aliases } from "../mm/vmalloc.ts";

/** Pages up to which each is flushed by itself: all of the TLB goes above. @ref arch/x86/mm/tlb.c:998 (tlb_single_page_flush_ceiling) */
const TLB_SINGLE_PAGE_FLUSH_CEILING = 33;

/** struct cpa_data: frames of the linear map, and bits to clear, then to set. */
export interface Cpa {
  readonly pages: readonly Pfn[];
  readonly mask_set: number;
  readonly mask_clr: number;
}

/** `count` frames from `first`. */
export function frames_from(first: Pfn, count: number): Pfn[] {
  const frames: Pfn[] = [];
  for (let i = 0; i < count; i++) frames.push((first + i) as Pfn);
  return frames;
}

/** Flushes kernel translations of `addresses` on every CPU. @ref arch/x86/mm/tlb.c:1109-1120 (flush_tlb_kernel_range) */
export function flush_tlb_pages(k: Linux, addresses: readonly VirtAddr[]): void {
  k.costs.tlbFlushes++;
  if (addresses.length > TLB_SINGLE_PAGE_FLUSH_CEILING) k.machine.tlb?.flushAll();
  else for (const va of addresses) k.machine.tlb?.flushPage(va);
}

/** The attribute bit of a frame's entry in the linear map. */
function linear_bit(k: Linux, frame: Pfn): boolean {
  const { cBit } = k.configuration.platform;
  const [lo, hi] = leaf_bits(k, linear_address(frame));
  return cBit >= 0 && testBit(lo, hi, cBit);
}

/** Flushes the TLB for the pages and, with `cache`, the lines of those that are present. @ref arch/x86/mm/pat/set_memory.c:399-433 (cpa_flush) */
export function cpa_flush(k: Linux, pages: readonly Pfn[], cache: boolean): void {
  flush_tlb_pages(k, pages.map(linear_address));
  if (!cache) return;
  for (const frame of pages) {
    if ((leaf_bits(k, linear_address(frame))[0] & PTE_PRESENT) === 0) continue;
    k.machine.clflushPage(frame, linear_bit(k, frame));
    k.costs.cacheFlushes++;
  }
}

/** Everything of TLB and, with `cache`, caches. @ref arch/x86/mm/pat/set_memory.c:383-389 (cpa_flush_all) */
function cpa_flush_all(k: Linux, cache: boolean): void {
  k.costs.tlbFlushes++;
  k.machine.tlb?.flushAll();
  if (cache) k.machine.wbinvd();
}

/**
 * Changes page after page; stops at the first that fails and leaves those before as they are by then.
 * @ref arch/x86/mm/pat/set_memory.c:1798-1845 (__change_page_attr_set_clr)
 */
export function __change_page_attr_set_clr(k: Linux, cpa: Cpa): { ret: number; changed: boolean } {
  let changed = false;
  for (const frame of cpa.pages) {
    if (injected(k, "__change_page_attr")) return { ret: -ENOMEM, changed };
    changed = change_leaf(k, linear_address(frame), cpa.mask_set, cpa.mask_clr) || changed;
  }
  return { ret: 0, changed };
}

/** Low-word bits of the cache type: PWT, PCD, PAT. @ref arch/x86/include/asm/pgtable_types.h:183 (_PAGE_CACHE_MASK) */
const CACHE_BITS = 0x98;

/**
 * The same with flushes: of the TLB where something changed, of caches where a caching bit is to be set.
 * @ref arch/x86/mm/pat/set_memory.c:1851-1950 (change_page_attr_set_clr)
 */
export function change_page_attr_set_clr(k: Linux, cpa: Cpa): number {
  vm_unmap_aliases(k);
  const { ret, changed } = __change_page_attr_set_clr(k, cpa);
  if (!changed) return ret;
  const cache = (loWord(cpa.mask_set) & CACHE_BITS) !== 0;
  if (ret !== 0) cpa_flush_all(k, cache);
  else cpa_flush(k, cpa.pages, cache);
  return ret;
}

/** Not present: whoever touches the page faults. @ref arch/x86/mm/pat/set_memory.c:2148-2151 (set_memory_np) */
export function set_memory_np(k: Linux, first: Pfn, numpages: number): number {
  return change_page_attr_set_clr(k, { pages: frames_from(first, numpages), mask_set: 0, mask_clr: PTE_PRESENT });
}

/** @ref arch/x86/mm/pat/set_memory.c:2160-2163 (set_memory_p) */
export function set_memory_p(k: Linux, first: Pfn, numpages: number): number {
  return change_page_attr_set_clr(k, { pages: frames_from(first, numpages), mask_set: PTE_PRESENT, mask_clr: 0 });
}
