// SPDX-License-Identifier: MIT
/** The operations of the contract as a table: their arguments, for whoever reads, writes or lists them as text. */

import type { CpuAlias, Injectable, Operation } from "./operations.ts";

export const CPU_ALIASES: readonly CpuAlias[] = ["linear", "kmap", "vmap", "user", "coherent", "ioremap"];

export const INJECTABLE: readonly Injectable[] = [
  "alloc_pages",
  "__change_page_attr",
  "enc_status_change_prepare",
  "enc_status_change_finish",
  "set_memory_decrypted",
  "set_memory_encrypted",
  "swiotlb_find_slots",
  "vmap",
  "iommu_map",
  "shmem_file_setup",
];

/** One argument. */
export interface ArgumentSpec {
  readonly name: string;
  /** `buf` names a buffer; `value` is a token. */
  readonly type: "buf" | "number" | "value" | "word" | "flag";
  /** The words of a `word`. */
  readonly words?: readonly string[];
  /** What holds where it is left out; null where it must be given. For a `value` of null the writer's own token. */
  readonly default: number | string | boolean | null;
  /** True where the operation's type has the field optional: a default is then left out of the operation itself. */
  readonly optional: boolean;
}

export interface OperationSpec {
  readonly arguments: readonly ArgumentSpec[];
  readonly group: "TTM" | "DMA and memory" | "access" | "environment";
  /** What it does, in one line; for kernel code the function that it enters. */
  readonly help: string;
}

const buf: ArgumentSpec = { name: "buf", type: "buf", default: 0, optional: false };
const from: ArgumentSpec = { name: "from", type: "buf", default: null, optional: false };
const page: ArgumentSpec = { name: "page", type: "number", default: 0, optional: false };
const pages = (count: number): ArgumentSpec => ({ name: "pages", type: "number", default: count, optional: false });
const number = (name: string, value: number): ArgumentSpec => ({ name, type: "number", default: value, optional: true });
const word = (name: string, words: readonly string[], value: string | null = words[0]!): ArgumentSpec => ({ name, type: "word", words, default: value, optional: value !== null });
const flag = (name: string): ArgumentSpec => ({ name, type: "flag", default: false, optional: true });
const alias: ArgumentSpec = { name: "alias", type: "word", words: CPU_ALIASES, default: null, optional: false };
const value: ArgumentSpec = { name: "value", type: "value", default: null, optional: false };
const caching = word("caching", ["cached", "wc", "uc"]);
const PLACES = ["system", "tt", "vram"];
const prot = word("prot", ["encrypted", "decrypted"]);
const at = number("at", 0);
const bytes = number("bytes", 16);
const range = [number("offset", 0), number("size", 0)];

const ttm = (help: string, ...args: ArgumentSpec[]): OperationSpec => ({ group: "TTM", help, arguments: args });
const dma = (help: string, ...args: ArgumentSpec[]): OperationSpec => ({ group: "DMA and memory", help, arguments: args });
const access = (help: string, ...args: ArgumentSpec[]): OperationSpec => ({ group: "access", help, arguments: args });
const environment = (help: string, ...args: ArgumentSpec[]): OperationSpec => ({ group: "environment", help, arguments: args });

export const OPERATIONS: Readonly<Record<Operation["op"], OperationSpec>> = {
  bo_create: ttm("ttm_bo_init_reserved(): a buffer object", buf, pages(2), caching, word("place", PLACES, "tt")),
  bo_populate: ttm("ttm_tt_populate(): pages and DMA addresses", buf),
  bo_kmap: ttm("ttm_bo_kmap() of one page", buf, page),
  bo_kunmap: ttm("ttm_bo_kunmap()", buf),
  bo_vmap: ttm("ttm_bo_vmap() of the whole buffer", buf),
  bo_vunmap: ttm("ttm_bo_vunmap()", buf),
  bo_fault: ttm("a user page fault: ttm_bo_vm_fault_reserved()", buf, page),
  bo_move: ttm("ttm_bo_handle_move_mem() to another placement", buf, word("to", PLACES, null), word("by", ["memcpy", "device"])),
  bo_evict: ttm("ttm_bo_evict(): out of its placement", buf),
  bo_swapout: ttm("ttm_bo_swapout(): pages to shmem", buf),
  bo_swapin: ttm("ttm_tt_swapin(): pages back from shmem", buf),
  bo_import: ttm("a dma-buf attachment over the pages of another buffer", buf, from),
  bo_userptr: ttm("a buffer over pinned user memory", buf, from),
  bo_sync_for_cpu: ttm("the driver's own dma_sync_*_for_cpu() over a buffer", buf),
  bo_sync_for_device: ttm("the driver's own dma_sync_*_for_device() over a buffer", buf),
  bo_destroy: ttm("ttm_bo_put(): the last reference", buf),
  pool_shrink: ttm("ttm_pool_shrink(): one chunk out of TTM's pools"),
  dma_alloc: dma("dma_alloc_attrs(), dma_alloc_pages() or dma_alloc_noncontiguous()", buf, pages(1), word("api", ["coherent", "pages", "noncontiguous"]), flag("atomic"), word("attrs", ["none", "no-kernel-mapping", "force-contiguous"])),
  dma_free: dma("dma_free_attrs()", buf),
  dma_mmap: dma("dma_mmap_attrs(): a user mapping of coherent memory", buf),
  dma_map: dma("dma_map_page_attrs()", buf, word("direction", ["bidirectional", "to_device", "from_device"]), ...range, word("attrs", ["none", "skip-cpu-sync", "cc-shared"])),
  dma_unmap: dma("dma_unmap_page_attrs()", buf, word("attrs", ["none", "skip-cpu-sync"])),
  dma_sync_for_cpu: dma("dma_sync_single_for_cpu()", buf, ...range),
  dma_sync_for_device: dma("dma_sync_single_for_device()", buf, ...range),
  dma_map_resource: dma("dma_map_resource() of the BAR, for a peer", buf),
  page_alloc: dma("alloc_pages(): kernel memory, private", buf, pages(1)),
  page_free: dma("free_pages()", buf),
  vmap: dma("vmap() with PAGE_KERNEL, or with pgprot_decrypted()", buf, prot),
  vunmap: dma("vunmap()", buf),
  user_map: dma("remap_pfn_range() into user space; decrypted as io_remap_pfn_range() does", buf, prot),
  user_unmap: dma("munmap()", buf),
  set_memory_decrypted: dma("set_memory_decrypted()", buf, number("page", 0), number("pages", 0)),
  set_memory_encrypted: dma("set_memory_encrypted()", buf, number("page", 0), number("pages", 0)),
  set_memory_wc: dma("set_pages_array_wc()", buf),
  set_memory_uc: dma("set_pages_array_uc()", buf),
  set_memory_wb: dma("set_pages_array_wb()", buf),
  ioremap: dma("ioremap(), ioremap_wc() or ioremap_cache() of the device's BAR", buf, pages(1), word("caching", ["uc", "wc", "cached"])),
  iounmap: dma("iounmap()", buf),
  kexec: dma("kexec: a new kernel takes over"),
  cpu_write: access("the CPU writes a token through a mapping", buf, page, alias, value, at, bytes),
  cpu_read: access("the CPU reads through a mapping", buf, page, alias, at),
  dev_write: access("the device writes a token by DMA", buf, page, value, at, bytes),
  dev_read: access("the device reads by DMA", buf, page, at),
  host_write: access("the host writes to the frame behind the page", buf, page, value, at),
  host_read: access("the host reads the frame behind the page", buf, page, at),
  writeback: environment("a dirty cache line held with this C-bit is written back", buf, page, flag("cbit"), at),
  tlb_evict: environment("stale translations are evicted"),
  fail: environment("the nth call from now of a kernel function fails", word("function", INJECTABLE, null), number("nth", 1)),
  dev_accept: environment("the device is accepted (TDISP RUN), on SEV-SNP, TDX and CCA"),
  dev_revoke: environment("the device's acceptance is revoked"),
};
