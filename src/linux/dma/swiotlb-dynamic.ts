// SPDX-License-Identifier: MIT
/**
 * kernel/dma/swiotlb.c with CONFIG_SWIOTLB_DYNAMIC: pools that are added when the first one is full, one for the mapping at
 * hand and one for good.
 * ASSUMED (may miss bugs): the worker that adds the lasting pool, and the RCU callback that frees the other, run at once.
 * SIMPLIFIED (may miss bugs): the state has room for DYN_POOLS of DYN_POOL_FRAMES frames each; a lasting pool has as many, not 1 MiB.
 */

import { hex, PAGE_SIZE, type Pfn, pfnToPhys, type PhysAddr, physToPfn, virtAddr } from "../../base/index.ts";
import { DYN_POOL_FRAMES, DYN_POOLS } from "../layout.ts";
import { clear_words, has, type Linux, note, put, warn } from "../linux.ts";
import { alloc_pages, free_pages } from "../mm/page-alloc.ts";
import { linear_address } from "../mm/page-tables.ts";
import { cc_platform_has } from "../x86/coco-core.ts";
import { force_dma_unencrypted, min_not_zero } from "../x86/mem-encrypt.ts";
import { set_memory_decrypted, set_memory_encrypted } from "../x86/set-memory.ts";
import { dma_coherent_ok } from "./addresses.ts";
import { dma_alloc_from_pool, dma_free_from_pool } from "./pool.ts";
import { DYN_TRANSIENT, dyn_pool_at, type IoTlbPool, swiotlb_pools, swiotlb_search_pool_area } from "./swiotlb-pool.ts";
import { IO_TLB_SIZE, nr_slots } from "./swiotlb-size.ts";

const MASK_32 = 2 ** 32 - 1;
const order_of = (frames: number): number => Math.ceil(Math.log2(frames));

/** Pages that are decrypted now; null where there are none within the limit. @ref kernel/dma/swiotlb.c:575-603 (alloc_dma_pages) */
function alloc_dma_pages(k: Linux, frames: number, phys_limit: number, dma32: boolean): Pfn | "again" | null {
  const first = alloc_pages(k, order_of(frames), false, dma32, false);
  if (first === null) return null;
  if (pfnToPhys(first) + frames * PAGE_SIZE - 1 > phys_limit) {
    free_pages(k, first, order_of(frames));
    return "again";
  }
  if (set_memory_decrypted(k, first, frames) === 0) return first;
  // Leaked on purpose where they cannot be encrypted again.
  if (set_memory_encrypted(k, first, frames) === 0) free_pages(k, first, order_of(frames));
  return null;
}

/** @ref kernel/dma/swiotlb.c:614-655 (swiotlb_alloc_tlb) */
function swiotlb_alloc_tlb(k: Linux, frames: number, phys_limit: number, may_block: boolean): Pfn | null {
  if (!may_block && force_dma_unencrypted(k)) {
    return dma_alloc_from_pool(k, frames, false, (phys, size) => dma_coherent_ok(k, phys, size), true)?.first ?? null;
  }
  const first = alloc_dma_pages(k, frames, phys_limit, phys_limit <= MASK_32);
  if (first !== "again") return first;
  const below = phys_limit <= MASK_32 ? null : alloc_dma_pages(k, frames, phys_limit, true);
  return below === "again" ? null : below;
}

/** @ref kernel/dma/swiotlb.c:661-670 (swiotlb_free_tlb) */
function swiotlb_free_tlb(k: Linux, first: Pfn, frames: number): void {
  const pool = k.atomicPools.find((p) => first >= p.firstPfn && first < p.firstPfn + p.frames);
  // Before commit 57d29044d0f2 the linear address was taken, at which a remapped pool does not know its memory.
  const preserved = pool !== undefined && has(k, "57d29044d0f2");
  const vaddr = preserved ? virtAddr(pool.addr + (first - pool.firstPfn) * PAGE_SIZE) : linear_address(first);
  if (dma_free_from_pool(k, vaddr, frames)) return;
  // Leaked on purpose where they cannot be encrypted again.
  if (set_memory_encrypted(k, first, frames) === 0) free_pages(k, first, order_of(frames));
}

/** Makes a pool and puts it into the state; null without memory or without room. @ref kernel/dma/swiotlb.c:687-733 (swiotlb_alloc_pool) */
function swiotlb_alloc_pool(k: Linux, frames: number, phys_limit: number, may_block: boolean): IoTlbPool | null {
  const at = Array.from({ length: DYN_POOLS }, (_, i) => i).find((i) => k.s[dyn_pool_at(k, i)] === 0);
  if (at === undefined || frames > DYN_POOL_FRAMES) return null;
  const first = swiotlb_alloc_tlb(k, frames, phys_limit, may_block);
  if (first === null) return null;
  put(k, dyn_pool_at(k, at), first + 1);
  put(k, dyn_pool_at(k, at) + 1, may_block ? frames : frames | DYN_TRANSIENT);
  note(k, "swiotlb_alloc_pool", "kernel/dma/swiotlb.c:687", `${frames} page(s) at pfn ${hex(first)}${may_block ? "" : ", for this mapping only"}`);
  return swiotlb_pools(k).find((pool) => pool.id === at + 1)!;
}

/** The worker. @ref kernel/dma/swiotlb.c:741-755 (swiotlb_dyn_alloc) */
function swiotlb_dyn_alloc(k: Linux): void {
  if (swiotlb_alloc_pool(k, DYN_POOL_FRAMES, MASK_32, true) === null) note(k, "swiotlb_dyn_alloc", "kernel/dma/swiotlb.c:741", "Failed to allocate new pool");
}

/**
 * Frees a pool in an RCU callback, where nothing may sleep; set_memory_encrypted() does. Commit e13d4d9a4915 moves it to a worker.
 * @ref kernel/dma/swiotlb.c:761-770 (swiotlb_dyn_free)
 */
function swiotlb_dyn_free(k: Linux, pool: IoTlbPool): void {
  const first = physToPfn(pool.start);
  const pooled = k.atomicPools.some((p) => first >= p.firstPfn && first < p.firstPfn + p.frames);
  if (!pooled && !has(k, "e13d4d9a4915") && cc_platform_has(k, "CC_ATTR_MEM_ENCRYPT")) {
    warn(k, "swiotlb_dyn_free", "kernel/dma/swiotlb.c:761", "BUG: sleeping function called from invalid context: set_memory_encrypted() in an RCU callback");
  }
  clear_words(k, dyn_pool_at(k, pool.id - 1), dyn_pool_at(k, pool.id - 1) + 2);
  swiotlb_free_tlb(k, first, pool.nslabs / 2);
}

/** A pool for one mapping, and slots in it; null where there is no memory for it. @ref kernel/dma/swiotlb.c:1226-1250 (swiotlb_find_slots) */
export function swiotlb_grow(k: Linux, orig_addr: PhysAddr, alloc_size: number, alloc_align_mask: number): { pool: IoTlbPool; index: number } | null {
  const phys_limit = min_not_zero(k.dev.dma_mask, k.dev.bus_dma_limit);
  const frames = Math.ceil((nr_slots(alloc_size) * IO_TLB_SIZE) / PAGE_SIZE);
  const pool = swiotlb_alloc_pool(k, frames, phys_limit, false);
  const index = pool === null ? -1 : swiotlb_search_pool_area(k, pool, orig_addr, alloc_size, alloc_align_mask);
  if (pool !== null && index < 0) swiotlb_dyn_free(k, pool);
  swiotlb_dyn_alloc(k);
  return pool === null || index < 0 ? null : { pool, index };
}

/** Deletes a pool that was made for one mapping; false for another. @ref kernel/dma/swiotlb.c:1533-1543 (swiotlb_del_transient) */
export function swiotlb_del_transient(k: Linux, pool: IoTlbPool, release: () => void): boolean {
  if (!pool.transient) return false;
  release();
  swiotlb_dyn_free(k, pool);
  return true;
}
