// SPDX-License-Identifier: MIT
/** mm/vmalloc.c: vmap() and vunmap(). SIMPLIFIED: no guard pages, no lazy unmapping. */

import { PAGE_SIZE, type Pfn, virtAddr, type VirtAddr } from "../../base/index.ts";
import type { Linux } from "../linux.ts";
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

/** Maps frames at neighbouring kernel addresses with `prot`, whatever the linear map says of them; 0 if there is no room. @ref mm/vmalloc.c:3496 */
export function vmap(k: Linux, pages: readonly Pfn[], prot: Pgprot): VirtAddr {
  const at = find_clear_run(k.s[k.layout.vmalloc]!, pages.length);
  if (at < 0) return virtAddr(0);
  const base = virtAddr(VMALLOC_START + at * PAGE_SIZE);
  pages.forEach((frame, i) => {
    k.s[k.layout.vmalloc] = (k.s[k.layout.vmalloc]! | (1 << (at + i))) >>> 0;
    set_leaf(k, virtAddr(base + i * PAGE_SIZE), frame, prot);
  });
  return base;
}

/** Ends a mapping of `count` pages. */
export function vunmap(k: Linux, base: VirtAddr, count: number): void {
  const at = (base - VMALLOC_START) / PAGE_SIZE;
  for (let i = 0; i < count; i++) {
    k.s[k.layout.vmalloc] = (k.s[k.layout.vmalloc]! & ~(1 << (at + i))) >>> 0;
    clear_leaf(k, virtAddr(base + i * PAGE_SIZE));
  }
}
