// SPDX-License-Identifier: MIT
/**
 * kernel/dma/pool.c: memory that was decrypted at boot, for coherent allocations that may not block.
 * SIMPLIFIED (may report false bugs): pools do not grow, and there is none in ZONE_DMA. They are made on platforms with memory
 * encryption only, since nobody asks them elsewhere.
 */

import { hex, PAGE_SIZE, type Pfn, pfn, pfnToPhys, type PhysAddr, virtAddr, type VirtAddr } from "../../base/index.ts";
import { ATOMIC_POOL_FRAMES } from "../layout.ts";
import { type AtomicPool, has, is_x86, type Linux, note, put, warn } from "../linux.ts";
import { alloc_boot_pages, free_pages } from "../mm/page-alloc.ts";
import { linear_address } from "../mm/page-tables.ts";
import { vmap } from "../mm/vmalloc.ts";
import { PAGE_KERNEL, pgprot_decrypted } from "../x86/pgtable.ts";
import { set_memory_decrypted } from "../x86/set-memory.ts";
import { memzero_virtual } from "./copy.ts";
import { pgprot_dmacoherent } from "./pgprot.ts";

const SZ_128K = 128 * 1024;
const SZ_1G = 2 ** 30;
/** MAX_ORDER_NR_PAGES with MAX_PAGE_ORDER 10. */
const MAX_ORDER_NR_PAGES = 1024;

/** Bytes of each pool of a real kernel: 128 KiB for each GiB of RAM, at least that, at most an order-10 block. @ref kernel/dma/pool.c:191-199 */
export function atomic_pool_size(total_ram: number): number {
  const pages = Math.min(Math.floor(total_ram / PAGE_SIZE / (SZ_1G / SZ_128K)), MAX_ORDER_NR_PAGES);
  return Math.max(pages * PAGE_SIZE, SZ_128K);
}

/**
 * True for a kernel that remaps coherent memory (CONFIG_DMA_DIRECT_REMAP), as arm64's does.
 * ASSUMED (may report false bugs): a device that is not coherent is in such a kernel, whatever the platform.
 */
export function dma_direct_remap(k: Linux): boolean {
  return k.configuration.platform.encryption === "cca" || k.driver.nonCoherent === true;
}

/** Adds a chunk: decrypted for good, whether or not any device needs that. @ref kernel/dma/pool.c:79-143 (atomic_pool_expand) */
function atomic_pool_expand(k: Linux, name: AtomicPool["name"], firstPfn: Pfn, frames: number, bit: number): void {
  const pages = Array.from({ length: frames }, (_, i) => pfn(firstPfn + i));
  const addr = dma_direct_remap(k) ? vmap(k, pages, pgprot_decrypted(k, pgprot_dmacoherent(k, PAGE_KERNEL(k)))) : linear_address(firstPfn);
  if (addr === 0 || set_memory_decrypted(k, firstPfn, frames) !== 0) {
    // Leaked: nothing of the cleanup is compiled in without CONFIG_DMA_DIRECT_REMAP, kernel/dma/pool.c:135-140, before commit 0510cb5b2303.
    if (has(k, "0510cb5b2303") && is_buddy(k, firstPfn)) free_pages(k, firstPfn, Math.log2(frames));
    return;
  }
  k.atomicPools.push({ name, firstPfn, frames, bit, addr });
}

/** True for frames that came from the page allocator; the bank below 4 GiB never was in it. */
function is_buddy(k: Linux, firstPfn: Pfn): boolean {
  return firstPfn >= k.layout.ram.more![0]!.firstPfn + ATOMIC_POOL_FRAMES;
}

/**
 * Makes the pools at boot. Where RAM goes beyond 4 GiB the one for GFP_KERNEL lies there, else both share the bank
 * below. SIMPLIFIED (may report false bugs): arm64's has no ZONE_DMA32, as the trees that it is compared with.   @ref kernel/dma/pool.c:186-221 (dma_atomic_pool_init)
 */
export function dma_atomic_pool_init(k: Linux): void {
  k.atomicPools.length = 0;
  const half = ATOMIC_POOL_FRAMES / 2;
  const high = alloc_boot_pages(k, half);
  // The frames are taken all the same.
  if (k.configuration.platform.encryption === "none") return;
  const bank = k.layout.ram.more![0]!.firstPfn;
  atomic_pool_expand(k, "atomic_pool_kernel", high ?? bank, half, 0);
  if (is_x86(k)) atomic_pool_expand(k, "atomic_pool_dma32", pfn(bank + half), half, half);
}

/** The order in which an allocation asks. @ref kernel/dma/pool.c:224-238 (dma_guess_pool) */
function guess_pools(k: Linux, dma32: boolean): AtomicPool[] {
  return k.atomicPools.filter((pool) => !dma32 || pool.name === "atomic_pool_dma32");
}

const mask_of = (pool: AtomicPool, at: number, pages: number): number => (((1 << pages) - 1) << (pool.bit + at)) >>> 0;

/** First fit, aligned to the order of the size. @ref kernel/dma/pool.c:172 (gen_pool_first_fit_order_align) */
function gen_pool_alloc(k: Linux, pool: AtomicPool, pages: number): number {
  const align = 2 ** Math.ceil(Math.log2(pages));
  for (let at = 0; at + pages <= pool.frames; at += align) {
    const bits = mask_of(pool, at, pages);
    if ((k.s[k.layout.atomicPool]! & bits) !== 0) continue;
    put(k, k.layout.atomicPool, (k.s[k.layout.atomicPool]! | bits) >>> 0);
    return at;
  }
  return -1;
}

function gen_pool_free(k: Linux, pool: AtomicPool, at: number, pages: number): void {
  put(k, k.layout.atomicPool, (k.s[k.layout.atomicPool]! & ~mask_of(pool, at, pages)) >>> 0);
}

/** Cleared memory from a pool. */
export interface PoolMemory {
  readonly first: Pfn;
  readonly cpu: VirtAddr;
}

/**
 * Memory that `phys_addr_ok` accepts, from the first pool that has some; null, with a WARN, where none has.
 * @param dma32 start with the pool below 4 GiB (GFP_DMA32)   @ref kernel/dma/pool.c:265-290 (dma_alloc_from_pool)
 */
export function dma_alloc_from_pool(k: Linux, pages: number, dma32: boolean, phys_addr_ok: (phys: PhysAddr, size: number) => boolean, no_warn = false): PoolMemory | null {
  const pools = guess_pools(k, dma32);
  for (const pool of pools) {
    const at = gen_pool_alloc(k, pool, pages);
    if (at < 0) continue;
    const first = pfn(pool.firstPfn + at);
    // Before commit 81e9d894e03f nobody asked whether the device reaches it.
    if (has(k, "81e9d894e03f") && !phys_addr_ok(pfnToPhys(first), pages * PAGE_SIZE)) {
      gen_pool_free(k, pool, at, pages);
      continue;
    }
    const cpu = virtAddr(pool.addr + at * PAGE_SIZE);
    memzero_virtual(k, cpu, pages);
    note(k, "dma_alloc_from_pool", "kernel/dma/pool.c:265", `${pages} page(s) of ${pool.name} at pfn ${hex(first)}, decrypted since boot`);
    return { first, cpu };
  }
  if (pools.length === 0) warn(k, "dma_alloc_from_pool", "kernel/dma/pool.c:284", "Failed to get suitable pool");
  else if (!no_warn) warn(k, "dma_alloc_from_pool", "kernel/dma/pool.c:282", "DMA pool exhausted");
  return null;
}

/** Gives memory back by the address that the caller has of it; false where that is in no pool. @ref kernel/dma/pool.c:288-300 (dma_free_from_pool) */
export function dma_free_from_pool(k: Linux, cpu: VirtAddr, pages: number): boolean {
  const pool = k.atomicPools.find((p) => cpu >= p.addr && cpu + pages * PAGE_SIZE <= p.addr + p.frames * PAGE_SIZE);
  if (pool === undefined) return false;
  gen_pool_free(k, pool, (cpu - pool.addr) / PAGE_SIZE, pages);
  return true;
}

/** The same by frame: what commit 8a9dc4a028e7 does for dma_free_pages(), which has another address of a remapped pool. */
export function dma_free_pages_from_pool(k: Linux, first: Pfn, pages: number): boolean {
  if (!has(k, "8a9dc4a028e7")) return dma_free_from_pool(k, linear_address(first), pages);
  const pool = k.atomicPools.find((p) => first >= p.firstPfn && first + pages <= p.firstPfn + p.frames);
  if (pool === undefined) return false;
  gen_pool_free(k, pool, first - pool.firstPfn, pages);
  return true;
}
