// SPDX-License-Identifier: MIT
/**
 * kernel/dma/direct.c: coherent memory without an IOMMU, or behind an identity domain.
 * Devices on x86 are coherent, so no cache is cleaned here.
 * SIMPLIFIED (may miss bugs): lowmem only, no CMA.
 */

import { type DmaAddr, hex, PAGE_SIZE, type Pfn, pfn, pfnToPhys, physToPfn, virtAddr, type VirtAddr } from "../../base/index.ts";
import { PAGE, pageAt } from "../layout.ts";
import { has, type Linux, note, put, warn } from "../linux.ts";
import { KernelFault, zero_pages } from "../mm/memory.ts";
import { alloc_pages, free_pages } from "../mm/page-alloc.ts";
import { linear_address, VMALLOC_START } from "../mm/page-tables.ts";
import { vmap, vunmap } from "../mm/vmalloc.ts";
import { force_dma_unencrypted, min_not_zero } from "../x86/mem-encrypt.ts";
import { PAGE_KERNEL, pgprot_decrypted } from "../x86/pgtable.ts";
import { set_memory_decrypted, set_memory_encrypted } from "../x86/set-memory.ts";
import { dma_coherent_ok, dma_to_phys, NO_PHYS, phys_to_dma_direct } from "./addresses.ts";
import { memzero_virtual } from "./copy.ts";
import { dma_pgprot } from "./pgprot.ts";
import { dma_alloc_from_pool, dma_free_from_pool, dma_free_pages_from_pool } from "./pool.ts";
import { is_swiotlb_for_alloc, swiotlb_alloc, swiotlb_free } from "./swiotlb.ts";

/** An allocation: how the device addresses it, and where it is. */
export interface DmaAllocation {
  readonly first: Pfn;
  readonly handle: DmaAddr;
  /** What the caller got for the CPU: an address, or 0 for a struct page cookie. The linear map's where it is left out. */
  readonly cpu?: VirtAddr;
  /** All frames, where they do not lie side by side from `first`. */
  readonly frames?: readonly Pfn[];
}

/** How memory is asked for. */
export interface AllocOptions {
  /** Pages, where they are not a power of two. */
  readonly pages?: number;
  /** gfp without __GFP_DIRECT_RECLAIM: may not block. */
  readonly atomic?: boolean;
  readonly no_kernel_mapping?: boolean;
  readonly force_contiguous?: boolean;
  readonly no_warn?: boolean;
}

export const get_order = (pages: number): number => Math.ceil(Math.log2(pages));
const MASK_32 = 2 ** 32 - 1;

/** Why DMA is unencrypted, for the story. */
function forced_because(k: Linux): string {
  const { platform } = k.configuration;
  if (platform.guest) return "an encrypted guest: true for every device";
  return `the ${k.driver.coherentMaskBits}-bit coherent mask does not reach the C-bit, bit ${platform.cBit}: true`;
}

/** Pages that a change of attribute covers: those asked for; before commit 4a37f3dd9a83 the whole order. @ref kernel/dma/direct.c:79-84 */
const converted = (k: Linux, pages: number): number => (has(k, "4a37f3dd9a83") ? pages : 1 << get_order(pages));

/** Before commit 56fccf21d196 nobody looked at what set_memory_*() returned. */
const checked = (k: Linux, error: number): number => (has(k, "56fccf21d196") ? error : 0);

/** @ref kernel/dma/direct.c:79-84 (dma_set_decrypted) */
function dma_set_decrypted(k: Linux, first: Pfn, pages: number): number {
  if (!force_dma_unencrypted(k)) return 0;
  note(k, "force_dma_unencrypted", k.configuration.platform.encryption === "cca" ? "arch/arm64/include/asm/mem_encrypt.h" : "arch/x86/mm/mem_encrypt.c:20", forced_because(k));
  return checked(k, set_memory_decrypted(k, first, converted(k, pages)));
}

/** @ref kernel/dma/direct.c:86-96 (dma_set_encrypted) */
function dma_set_encrypted(k: Linux, first: Pfn, pages: number): number {
  if (!force_dma_unencrypted(k)) return 0;
  const error = checked(k, set_memory_encrypted(k, first, converted(k, pages)));
  if (error !== 0) note(k, "dma_set_encrypted", "kernel/dma/direct.c:94", "leaking DMA memory that can't be re-encrypted");
  return error;
}

/** @ref kernel/dma/direct.c:98-104 (__dma_direct_free_pages) */
function __dma_direct_free_pages(k: Linux, first: Pfn, pages: number): void {
  if (!swiotlb_free(k, first)) free_pages(k, first, get_order(pages));
}

/** GFP_DMA32 where the coherent mask ends there. @ref kernel/dma/direct.c:47-67 (dma_direct_optimal_gfp_mask) */
function optimal_dma32(k: Linux): boolean {
  return min_not_zero(k.dev.coherent_dma_mask, k.dev.bus_dma_limit) <= MASK_32;
}

/** Pages in reach of the coherent mask, from below 4 GiB at the second try. @ref kernel/dma/direct.c:118-160 (__dma_direct_alloc_pages) */
function __dma_direct_alloc_pages(k: Linux, pages: number): Pfn | null {
  const size = pages * PAGE_SIZE;
  if (is_swiotlb_for_alloc(k)) {
    const first = swiotlb_alloc(k, pages);
    if (first === null || dma_coherent_ok(k, pfnToPhys(first), size)) return first;
    swiotlb_free(k, first);
    return null;
  }
  for (const dma32 of optimal_dma32(k) ? [true] : [false, true]) {
    const first = alloc_pages(k, get_order(pages), false, dma32);
    if (first === null) return null;
    if (dma_coherent_ok(k, pfnToPhys(first), size)) return first;
    free_pages(k, first, get_order(pages));
  }
  return null;
}

/** @ref kernel/dma/direct.c:166-169 (dma_direct_use_pool) */
function use_pool(k: Linux, o: AllocOptions): boolean {
  if (o.atomic !== true || is_swiotlb_for_alloc(k)) return false;
  if (has(k, "76a19940bd62")) return true;
  warn(k, "dma_direct_alloc", "kernel/dma/direct.c:206", "BUG: sleeping function called from invalid context: set_memory_decrypted() for an allocation that may not block");
  return false;
}

/** @ref kernel/dma/direct.c:171-187 (dma_direct_alloc_from_pool) */
function alloc_from_pool(k: Linux, pages: number, o: AllocOptions): DmaAllocation | null {
  const memory = dma_alloc_from_pool(k, pages, optimal_dma32(k), (phys, size) => dma_coherent_ok(k, phys, size), o.no_warn);
  return memory === null ? null : { ...memory, handle: phys_to_dma_direct(k, pfnToPhys(memory.first)) };
}

function done(k: Linux, fn: string, line: number, first: Pfn, pages: number, cpu: VirtAddr): DmaAllocation {
  const handle = phys_to_dma_direct(k, pfnToPhys(first));
  note(k, fn, `kernel/dma/direct.c:${line}`, `${pages} page(s) at pfn ${hex(first)}, DMA address ${hex(handle)}`);
  return { first, handle, cpu };
}

/** What is done with pages that could not be decrypted. @ref kernel/dma/direct.c:312-313 (out_leak_pages) */
function decrypt_failed(k: Linux, first: Pfn, pages: number): null {
  // Leaked on purpose, since nobody knows what state they are in; before commit b9fa16949d18 they were freed.
  if (!has(k, "b9fa16949d18")) __dma_direct_free_pages(k, first, pages);
  return null;
}

/** True where memory for this device is remapped (CONFIG_DMA_DIRECT_REMAP and a device that is not coherent). @ref kernel/dma/direct.c:221-246 */
const remaps = (k: Linux): boolean => k.driver.nonCoherent === true;

/** A second mapping with the right protection; the linear map is left as it is, unless commit f253a83ff94c is there. @ref kernel/dma/direct.c:274-287 */
function remap(k: Linux, first: Pfn, pages: number): DmaAllocation | null {
  if (has(k, "f253a83ff94c") && dma_set_decrypted(k, first, pages) !== 0) return decrypt_failed(k, first, pages);
  const coherent = dma_pgprot(k, PAGE_KERNEL(k));
  const prot = force_dma_unencrypted(k) ? pgprot_decrypted(k, coherent) : coherent;
  const cpu = vmap(k, Array.from({ length: pages }, (_, i) => pfn(first + i)), prot);
  if (cpu === 0) {
    if (!has(k, "f253a83ff94c") || dma_set_encrypted(k, first, pages) === 0) __dma_direct_free_pages(k, first, pages);
    return null;
  }
  put(k, pageAt(k.layout, first) + PAGE.remap, 1 + (cpu - VMALLOC_START) / PAGE_SIZE);
  memzero_virtual(k, cpu, pages);
  return done(k, "dma_direct_alloc", 274, first, pages, cpu);
}

/**
 * Coherent memory: decrypted in the linear map where the device cannot use the key, cleared after that. Null where
 * there is none in reach of the coherent mask.   @ref kernel/dma/direct.c:206-314 (dma_direct_alloc)
 */
export function dma_direct_alloc(k: Linux, pages: number, o: AllocOptions = {}): DmaAllocation | null {
  const force = force_dma_unencrypted(k);
  if (o.no_kernel_mapping === true && !force && !is_swiotlb_for_alloc(k)) {
    const first = __dma_direct_alloc_pages(k, pages);
    return first === null ? null : done(k, "dma_direct_alloc_no_mapping", 189, first, pages, virtAddr(0));
  }
  if ((remaps(k) || force) && use_pool(k, o)) return alloc_from_pool(k, pages, o);
  const first = __dma_direct_alloc_pages(k, pages);
  if (first === null) return null;
  if (remaps(k)) return remap(k, first, pages);
  if (dma_set_decrypted(k, first, pages) !== 0) return decrypt_failed(k, first, pages);
  zero_pages(k, first, pages);
  return done(k, "dma_direct_alloc", 206, first, pages, linear_address(first));
}

/** The frame that a handle stands for. @throws KernelFault where it stands for none: __free_pages() on no struct page */
function dma_direct_to_page(k: Linux, handle: DmaAddr): Pfn {
  const phys = dma_to_phys(k, handle);
  if (phys === NO_PHYS) throw new KernelFault({ kind: "fault", fault: "page-fault", address: handle });
  return physToPfn(phys);
}

/** Encrypts again what was decrypted; false where the pages must be leaked. */
function encrypted_again(k: Linux, first: Pfn, pages: number): boolean {
  return dma_set_encrypted(k, first, pages) === 0 || !has(k, "a90cf3043748");
}

/**
 * Gives coherent memory back, encrypted again; leaks it where that fails. Memory of a restricted pool is encrypted as well,
 * though the pool goes on being used.   @ref kernel/dma/direct.c:316-357 (dma_direct_free)
 */
export function dma_direct_free(k: Linux, pages: number, a: DmaAllocation, o: AllocOptions = {}): void {
  if (o.no_kernel_mapping === true && !force_dma_unencrypted(k) && !is_swiotlb_for_alloc(k)) {
    free_pages(k, a.first, get_order(pages));
    return;
  }
  const at = pageAt(k.layout, a.first) + PAGE.remap;
  const remapped = k.s[at]!;
  const cpu = remapped === 0 ? (a.cpu ?? linear_address(a.first)) : virtAddr(VMALLOC_START + (remapped - 1) * PAGE_SIZE);
  if (dma_free_from_pool(k, cpu, pages)) return;
  if (remapped !== 0) {
    vunmap(k, cpu, pages);
    put(k, at, 0);
    if (has(k, "f253a83ff94c") && !encrypted_again(k, a.first, pages)) return;
  } else if (!encrypted_again(k, a.first, pages)) {
    return;
  }
  __dma_direct_free_pages(k, dma_direct_to_page(k, a.handle), pages);
}

/** dma_alloc_pages(): always with a linear mapping, always cleared. @ref kernel/dma/direct.c:359-384 (dma_direct_alloc_pages) */
export function dma_direct_alloc_pages(k: Linux, pages: number, o: AllocOptions = {}): DmaAllocation | null {
  if (force_dma_unencrypted(k) && use_pool(k, o)) return alloc_from_pool(k, pages, o);
  const first = __dma_direct_alloc_pages(k, pages);
  if (first === null) return null;
  if (dma_set_decrypted(k, first, pages) !== 0) return decrypt_failed(k, first, pages);
  zero_pages(k, first, pages);
  return done(k, "dma_direct_alloc_pages", 359, first, pages, linear_address(first));
}

/** @ref kernel/dma/direct.c:386-402 (dma_direct_free_pages) */
export function dma_direct_free_pages(k: Linux, pages: number, a: DmaAllocation): void {
  if (dma_free_pages_from_pool(k, a.first, pages)) return;
  if (!encrypted_again(k, a.first, pages)) return;
  const pooled = k.atomicPools.some((p) => a.first >= p.firstPfn && a.first < p.firstPfn + p.frames);
  if (pooled) warn(k, "dma_direct_free_pages", "kernel/dma/direct.c:386", `pfn ${hex(a.first)} of an atomic pool goes to the page allocator`);
  else __dma_direct_free_pages(k, a.first, pages);
}
