// SPDX-License-Identifier: MIT
/** The model kernel as its functions see it: constants of this boot, the state, and the log of what it does. */

import type { PhysAddr, Pfn } from "../base/index.ts";
import type { Chooser, Configuration, DriverProfile, KernelEvent } from "../kernel/index.ts";
import type { IommuDomain, Machine, WindowedTables } from "../machine/index.ts";
import type { StateLayout } from "./layout.ts";
import type { Release } from "./releases/release.ts";

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
  /** First frame of the pool; -1 without one. */
  firstPfn: Pfn;
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
  /** The function that makes the choice, for reports. */
  readonly chooser: Chooser;
}

export interface Linux {
  readonly configuration: Configuration;
  readonly driver: DriverProfile;
  readonly policy: Policy;
  readonly release: Release;
  readonly machine: Machine;
  readonly tables: WindowedTables;
  readonly layout: StateLayout;
  /** The state. Always the same array: restoring copies into it. */
  readonly s: Uint32Array;
  readonly dev: DmaDevice;
  readonly swiotlb: SwiotlbBoot;
  /** Top of the kernel's page tables, which user space shares. */
  pgd: PhysAddr;
  iommu: IommuDomain | null;
  /** Arguments that the driver gave ttm_device_init(). */
  use_dma_alloc: boolean;
  use_dma32: boolean;
  /** Null while nobody listens. */
  log: KernelEvent[] | null;
}

/** Notes what a kernel function did. @param file kernel file and line */
export function note(k: Linux, fn: string, file: string, text: string): void {
  k.log?.push({ function: fn, file, text });
}
