// SPDX-License-Identifier: MIT
/** The operations of the contract, in the kernel's words, and what each step gives back. `operation-specs.ts` has them as a table. */

import type { Domain, Fault } from "../machine/index.ts";

/** Through which mapping the CPU reaches a page of a buffer. `coherent` is the address that dma_alloc_*() returned. */
export type CpuAlias = "linear" | "kmap" | "vmap" | "user" | "coherent" | "ioremap";

/** enum dma_data_direction. Ref: include/linux/dma-direction.h. */
export type DmaDirection = "bidirectional" | "to_device" | "from_device";

/** enum ttm_caching. Ref: include/drm/ttm/ttm_caching.h. */
export type Caching = "cached" | "wc" | "uc";

/** TTM_PL_SYSTEM, TTM_PL_TT, TTM_PL_VRAM. Ref: include/drm/ttm/ttm_placement.h. */
export type Placement = "system" | "tt" | "vram";

/** Which attribute a mapping asks for. */
export type ProtChoice = "encrypted" | "decrypted";

/**
 * Operations on buffer objects of TTM. `buf` counts from 0 over buffers of all kinds; `page` is an index into the buffer.
 * A field with `?` has the default of `operation-specs.ts` where it is left out.
 */
export type TtmOperation =
  | { readonly op: "bo_create"; readonly buf: number; readonly pages: number; readonly caching?: Caching; readonly place?: Placement }
  | { readonly op: "bo_populate"; readonly buf: number }
  | { readonly op: "bo_kmap"; readonly buf: number; readonly page: number }
  | { readonly op: "bo_kunmap"; readonly buf: number }
  | { readonly op: "bo_vmap"; readonly buf: number }
  | { readonly op: "bo_vunmap"; readonly buf: number }
  | { readonly op: "bo_fault"; readonly buf: number; readonly page: number }
  /** ttm_bo_validate() with another placement; `by` is who copies: the CPU (ttm_bo_move_memcpy) or the device. */
  | { readonly op: "bo_move"; readonly buf: number; readonly to: Placement; readonly by?: "memcpy" | "device" }
  | { readonly op: "bo_evict"; readonly buf: number }
  | { readonly op: "bo_swapout"; readonly buf: number }
  | { readonly op: "bo_swapin"; readonly buf: number }
  /** A buffer over the pages of `from`, attached as a dma-buf and mapped for the device. */
  | { readonly op: "bo_import"; readonly buf: number; readonly from: number }
  /** A buffer over pinned user memory, the pages of `from`. */
  | { readonly op: "bo_userptr"; readonly buf: number; readonly from: number }
  /** The driver's own dma_sync_* over the buffer, where it has one. */
  | { readonly op: "bo_sync_for_cpu"; readonly buf: number }
  | { readonly op: "bo_sync_for_device"; readonly buf: number }
  | { readonly op: "bo_destroy"; readonly buf: number }
  | { readonly op: "pool_shrink" };

/** Operations of the DMA API and of memory management on buffers of their own. */
export type DmaOperation =
  | { readonly op: "dma_alloc"; readonly buf: number; readonly pages: number; readonly api?: "coherent" | "pages" | "noncontiguous"; readonly atomic?: boolean; readonly attrs?: "none" | "no-kernel-mapping" | "force-contiguous" }
  | { readonly op: "dma_free"; readonly buf: number }
  | { readonly op: "dma_mmap"; readonly buf: number }
  /** Maps `size` bytes from byte `offset` of a buffer of page_alloc's (0: all of it). */
  | { readonly op: "dma_map"; readonly buf: number; readonly direction?: DmaDirection; readonly offset?: number; readonly size?: number; readonly attrs?: "none" | "skip-cpu-sync" | "cc-shared" }
  | { readonly op: "dma_unmap"; readonly buf: number; readonly attrs?: "none" | "skip-cpu-sync" }
  | { readonly op: "dma_sync_for_cpu"; readonly buf: number; readonly offset?: number; readonly size?: number }
  | { readonly op: "dma_sync_for_device"; readonly buf: number; readonly offset?: number; readonly size?: number }
  /** Maps the device's BAR (a buffer of ioremap's) for DMA by a peer. */
  | { readonly op: "dma_map_resource"; readonly buf: number }
  /** alloc_pages(): private kernel memory. */
  | { readonly op: "page_alloc"; readonly buf: number; readonly pages: number }
  | { readonly op: "page_free"; readonly buf: number }
  | { readonly op: "vmap"; readonly buf: number; readonly prot?: ProtChoice }
  | { readonly op: "vunmap"; readonly buf: number }
  /** remap_pfn_range() into user space with the vma's protection, encrypted or through pgprot_decrypted(). */
  | { readonly op: "user_map"; readonly buf: number; readonly prot?: ProtChoice }
  | { readonly op: "user_unmap"; readonly buf: number }
  | { readonly op: "set_memory_decrypted"; readonly buf: number; readonly page?: number; readonly pages?: number }
  | { readonly op: "set_memory_encrypted"; readonly buf: number; readonly page?: number; readonly pages?: number }
  | { readonly op: "set_memory_wc"; readonly buf: number }
  | { readonly op: "set_memory_uc"; readonly buf: number }
  | { readonly op: "set_memory_wb"; readonly buf: number }
  /** Maps the first pages of the device's BAR. */
  | { readonly op: "ioremap"; readonly buf: number; readonly pages: number; readonly caching?: Caching }
  | { readonly op: "iounmap"; readonly buf: number }
  /** A new kernel takes over; `convert` says whether the old one made shared pages private before. */
  | { readonly op: "kexec" };

/** Operations that run kernel code. */
export type KernelOperation = TtmOperation | DmaOperation;

/**
 * Accesses to page contents. `value` is a token: a number that names what was written (see `Seen`). `at` is a byte within
 * the page, a multiple of 16; `bytes` below 16 makes a partial write of a cipher block.
 */
export type AccessOperation =
  | { readonly op: "cpu_write"; readonly buf: number; readonly page: number; readonly alias: CpuAlias; readonly value: number; readonly at?: number; readonly bytes?: number }
  | { readonly op: "cpu_read"; readonly buf: number; readonly page: number; readonly alias: CpuAlias; readonly at?: number }
  | { readonly op: "dev_write"; readonly buf: number; readonly page: number; readonly value: number; readonly at?: number; readonly bytes?: number }
  | { readonly op: "dev_read"; readonly buf: number; readonly page: number; readonly at?: number }
  /** The host, or another agent outside, at the frame behind the page. */
  | { readonly op: "host_write"; readonly buf: number; readonly page: number; readonly value: number; readonly at?: number }
  | { readonly op: "host_read"; readonly buf: number; readonly page: number; readonly at?: number };

/** Moves of the environment. */
export type EnvironmentOperation =
  /** A dirty line of the page, held with this C-bit, is written back. */
  | { readonly op: "writeback"; readonly buf: number; readonly page: number; readonly cbit: boolean; readonly at?: number }
  /** Stale translations are evicted without a flush. */
  | { readonly op: "tlb_evict" }
  /** The `nth` call from now of a kernel function fails (see `INJECTABLE`). */
  | { readonly op: "fail"; readonly function: Injectable; readonly nth?: number }
  | { readonly op: "dev_accept" }
  | { readonly op: "dev_revoke" };

/** Functions whose failure can be injected, each with what it returns then. */
export type Injectable =
  | "alloc_pages"
  | "__change_page_attr"
  | "enc_status_change_prepare"
  | "enc_status_change_finish"
  | "set_memory_decrypted"
  | "set_memory_encrypted"
  | "swiotlb_find_slots"
  | "vmap"
  | "iommu_map"
  | "shmem_file_setup";

/** One operation of the contract with its arguments: of the kernel, an access, or a move of the environment. */
export type Operation = KernelOperation | AccessOperation | EnvironmentOperation;

/** What a reader got. */
export interface Seen {
  /** The 16 bytes, as 32 hexadecimal digits. */
  readonly bytes: string;
  /** The token they stand for; null where they are no token's bytes. */
  readonly token: number | null;
  /** The domain that the data was stored in, and the one that the reader used. */
  readonly storedIn: Domain;
  readonly readIn: Domain;
}

/** What a step came to. Faults and refusals of the simulated world are values. */
export type StepResult =
  /** `warnings`: WARN()s that the kernel printed on the way. `injected`: an injected failure was met on the way. */
  | { readonly outcome: "done"; readonly seen: Seen | null; readonly injected?: boolean; readonly warnings?: readonly string[] }
  /** A kernel function returned an error. `errno` without the sign: "ENOMEM". */
  | { readonly outcome: "error"; readonly errno: string; readonly from: string; readonly injected?: boolean; readonly warnings?: readonly string[] }
  /** The hardware stopped the access. */
  | { readonly outcome: "fault"; readonly fault: Fault }
  /** The kernel hit BUG, panic or a trap. */
  | { readonly outcome: "crash"; readonly reason: string; readonly at: string; readonly injected?: boolean }
  /** This kernel does not offer the operation. */
  | { readonly outcome: "unsupported"; readonly reason: string };
