// SPDX-License-Identifier: MIT
/**
 * mm/vmalloc.c: vmap() and vunmap().
 * SIMPLIFIED (may miss bugs): no guard pages. Without a TLB (`tlb=` is off) addresses are free at once, with one they are lazily
 * freed: translations are flushed when the space is purged.
 */

import { PAGE_SIZE, type Pfn, virtAddr, type VirtAddr } from "../../base/index.ts";
import { injected, type Linux, put } from "../linux.ts";
import type { Pgprot } from "../x86/pgtable.ts";
import { clear_leaf, set_leaf, VMALLOC_START } from "./page-tables.ts";

/** Pages of vmalloc space that the model has: the window of one page table. */
const VMALLOC_PAGES = 32;

/** Lowest run of `count` clear bits of a 32-bit map, or -1. */
export function find_clear_run(map: number, count: number): number {
  for (let at = 0; at + count <= VMALLOC_PAGES; at++) {
    let free = true;
    for (let i = 0; i < count; i++) free &&= ((map >>> (at + i)) & 1) === 0;
    if (free) return at;
  }
  return -1;
}

const page_address = (at: number): VirtAddr => virtAddr(VMALLOC_START + at * PAGE_SIZE);

/** Flushes what lazily freed areas left in the TLB and frees their addresses. @ref mm/vmalloc.c:2306-2385 (__purge_vmap_area_lazy) */
function purge_vmap_area_lazy(k: Linux): void {
  const lazy = k.s[k.layout.vmallocLazy]!;
  if (lazy === 0) return;
  for (let at = 0; at < VMALLOC_PAGES; at++) if (((lazy >>> at) & 1) === 1) k.machine.tlb?.flushPage(page_address(at));
  k.costs.tlbFlushes++;
  put(k, k.layout.vmalloc, (k.s[k.layout.vmalloc]! & ~lazy) >>> 0);
  put(k, k.layout.vmallocLazy, 0);
}

/** Live areas keep their entries; only those that are freed and not flushed yet go. @ref mm/vmalloc.c:2916-2987 (vm_unmap_aliases) */
export function vm_unmap_aliases(k: Linux): void {
  purge_vmap_area_lazy(k);
}

/** Finds room, after a purge where that is what it takes. @ref mm/vmalloc.c:2008-2110 (alloc_vmap_area) */
function alloc_vmap_area(k: Linux, count: number): number {
  const at = find_clear_run(k.s[k.layout.vmalloc]!, count);
  if (at >= 0 || k.s[k.layout.vmallocLazy] === 0) return at;
  purge_vmap_area_lazy(k);
  return find_clear_run(k.s[k.layout.vmalloc]!, count);
}

/** Maps frames at neighbouring kernel addresses with `prot`, whatever the linear map says of them; null if there is no room. @ref mm/vmalloc.c:3245 (get_vm_area_caller) */
export function get_vm_area(k: Linux, pages: readonly Pfn[], prot: Pgprot): VirtAddr | null {
  const at = alloc_vmap_area(k, pages.length);
  if (at < 0) return null;
  pages.forEach((frame, i) => {
    put(k, k.layout.vmalloc, (k.s[k.layout.vmalloc]! | (1 << (at + i))) >>> 0);
    set_leaf(k, page_address(at + i), frame, prot);
  });
  return page_address(at);
}

/** vmap(); 0 if there is no room. @ref mm/vmalloc.c:3496 (vmap) */
export function vmap(k: Linux, pages: readonly Pfn[], prot: Pgprot): VirtAddr {
  return injected(k, "vmap") ? virtAddr(0) : (get_vm_area(k, pages, prot) ?? virtAddr(0));
}

/** Ends a mapping of `count` pages: entries go now, translations when the space is purged. @ref mm/vmalloc.c:3462 (vunmap) */
export function vunmap(k: Linux, base: VirtAddr, count: number): void {
  const at = (base - VMALLOC_START) / PAGE_SIZE;
  // SIMPLIFIED (may miss bugs): one lazily freed area at a time, where lazy_max_pages() allows megabytes: states stay few.
  purge_vmap_area_lazy(k);
  for (let i = 0; i < count; i++) {
    clear_leaf(k, page_address(at + i));
    const bit = 1 << (at + i);
    if (k.machine.tlb === null) put(k, k.layout.vmalloc, (k.s[k.layout.vmalloc]! & ~bit) >>> 0);
    else put(k, k.layout.vmallocLazy, (k.s[k.layout.vmallocLazy]! | bit) >>> 0);
  }
}
