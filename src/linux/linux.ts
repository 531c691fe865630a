// SPDX-License-Identifier: MIT
/** The model kernel as its functions see it: constants of this boot, the state, and the log of what it does. */

import { hiWord, loWord, type PhysAddr, type Pfn, type ReadonlyWords, type Touched, type VirtAddr } from "../base/index.ts";
import { type Chooser, type Configuration, type Costs, type DriverProfile, INJECTABLE, type Injectable, type KernelEvent } from "../kernel/index.ts";
import type { Fault, IommuDomain, Machine, WindowedTables } from "../machine/index.ts";
import type { StateLayout } from "./layout.ts";
import type { Release } from "./releases/release.ts";
import type { Pgprot } from "./x86/pgtable.ts";

/** struct device, as far as the DMA layer reads it. Masks are the highest address that the device reaches. */
export interface DmaDevice {
  readonly dma_mask: number;
  readonly coherent_dma_mask: number;
  /** 0: no limit. */
  readonly bus_dma_limit: number;
  /** The default domain is a translated one (dev->dma_iommu). */
  readonly dma_iommu: boolean;
}

/** What swiotlb_init() was told. */
export interface SwiotlbBoot {
  readonly enabled: boolean;
  readonly force_bounce: boolean;
  /** Frames of the pool, 0 without one. */
  readonly frames: number;
  /** First frame of the pool; -1 without one. */
  firstPfn: Pfn;
}

/** One of the atomic pools: memory that was decrypted at boot, for allocations that may not block. @ref kernel/dma/pool.c:16-24 */
export interface AtomicPool {
  readonly name: "atomic_pool_kernel" | "atomic_pool_dma32";
  readonly firstPfn: Pfn;
  readonly frames: number;
  /** Its first bit in `layout.atomicPool`. */
  readonly bit: number;
  /** The address that it hands out memory at: the linear map's, or of a remap. */
  readonly addr: VirtAddr;
}

/** A mapping policy: when TTM takes the encryption attribute out of its own mappings. One file per proposal in policies/. */
export interface Policy {
  /** The name on the command line. */
  readonly name: string;
  readonly title: string;
  /** Who proposed it or which kernel has it. */
  readonly origin: string;
  /** Whether ttm_tt_create() sets TTM_TT_FLAG_DECRYPTED: ttm_io_prot() then decrypts, and kmap of one page uses vmap(). */
  tt_decrypted(k: Linux): boolean;
  /** Whether ttm_io_prot() decrypts mappings of system pages without that flag. */
  io_prot_decrypts(k: Linux): boolean;
  /** Whether the device gets mappings of system memory at all; yes where it is left out. */
  device_maps?(k: Linux): boolean;
  /** The protection that the DMA layer has for a buffer's pages: for kernel and user maps, before the caching. */
  page_prot?(k: Linux, buf: number, prot: Pgprot): Pgprot;
  /** The same for user maps alone; null to leave them to ttm_io_prot(). */
  user_prot?(k: Linux, buf: number, prot: Pgprot): Pgprot | null;
  /** Address that a kernel map of `count` pages reuses: null to map them anew, 0 where they have no address in a row. */
  kernel_address?(k: Linux, buf: number, first: number, count: number): VirtAddr | 0 | null;
  /** The function that makes the choice, for reports. */
  readonly chooser: Chooser;
  /** Where another one chooses for user maps, or for kernel maps. */
  readonly user_chooser?: Chooser;
  readonly kernel_chooser?: Chooser;
}

/** The model kernel as its functions, and policies, see it. */
export interface Linux {
  readonly configuration: Configuration;
  readonly driver: DriverProfile;
  readonly policy: Policy;
  readonly release: Release;
  readonly machine: Machine;
  readonly tables: WindowedTables;
  readonly layout: StateLayout;
  /** The state. Always the same array: restoring copies into it. Written through `put` and `clear_words`. */
  readonly s: ReadonlyWords;
  /** The same array, for those who write it, and what of it was written since it was last restored. */
  readonly words: Uint32Array;
  readonly touched: Touched;
  readonly dev: DmaDevice;
  readonly swiotlb: SwiotlbBoot;
  /** In the order in which they were made. */
  readonly atomicPools: AtomicPool[];
  /** By number of the frame: its entry in the linear map, whose tables stay as they were made at boot. */
  readonly linear_entries: PhysAddr[];
  /** Top of the kernel's page tables, which user space shares. */
  pgd: PhysAddr;
  iommu: IommuDomain | null;
  /** Arguments that the driver gave ttm_device_init(). */
  use_dma_alloc: boolean;
  use_dma32: boolean;
  /** ttm_bo_swapout(), which populating another buffer may need and which itself populates: handed in, so that files do not import each other in a circle. */
  readonly ttm_bo_swapout: (k: Linux, bo: number) => number;
  /** The shrinkers, of which TTM's pool has the only one: pages that went back to the page allocator, 0 where nothing is kept. Handed in for the same reason. */
  readonly shrink_slab: (k: Linux) => number;
  /** What was spent since somebody last reset it; no part of the state. */
  readonly costs: { -readonly [K in keyof Costs]: Costs[K] };
  /** WARN()s of the running operation. */
  readonly warnings: string[];
  /** An injected failure was met in the running operation. */
  injected: boolean;
  /** What stopped the first of the device's copies that was stopped in the running operation. Its driver does not learn of it. */
  device_fault: Fault | null;
  /** Null while nobody listens. */
  log: KernelEvent[] | null;
}

/** Writes a word of the state. */
export function put(k: Linux, at: number, value: number): void {
  k.words[at] = value;
  k.touched.mark(at);
}

/** Writes a 64-bit field of the state. */
export function put64(k: Linux, at: number, value: number): void {
  put(k, at, loWord(value));
  put(k, at + 1, hiWord(value));
}

/** Makes words [start, end) of the state zero. */
export function clear_words(k: Linux, start: number, end: number = k.s.length): void {
  for (let at = start; at < end; at++) put(k, at, 0);
}

/** Notes what a kernel function did. @param file kernel file and line */
export function note(k: Linux, fn: string, file: string, text: string): void {
  k.log?.push({ function: fn, file, text });
}

/** True where the release has a change. @param id the first twelve digits of the upstream commit, or a name of releases/changes.ts */
export function has(k: Pick<Linux, "release">, id: string): boolean {
  return k.release.changes.has(id);
}

/** WARN(): printed, and the operation goes on. */
export function warn(k: Linux, fn: string, file: string, text: string): void {
  k.warnings.push(`${fn} (${file}): ${text}`);
  note(k, fn, file, `WARN: ${text}`);
}

/** True where the running call of an injectable function is the one that was chosen to fail. */
export function injected(k: Linux, fn: Injectable): boolean {
  const at = k.layout.inject;
  if (k.s[at] !== INJECTABLE.indexOf(fn) + 1) return false;
  put(k, at + 1, k.s[at + 1]! - 1);
  if (k.s[at + 1] !== 0) return false;
  put(k, at, 0);
  k.injected = true;
  note(k, fn, "", "fails, as injected");
  return true;
}

/** CONFIG_X86: pages have their caching in the linear map too, and keep it in TTM's pool. */
export function is_x86(k: Linux): boolean {
  return k.configuration.platform.encryption !== "cca";
}
