// SPDX-License-Identifier: MIT
/** What a kernel is booted on and with. */

import type { IommuMode, Platform } from "../machine/index.ts";

/**
 * The kernel's `swiotlb=` boot parameter, and two kinds of pool: per device (a restricted-dma-pool of the device tree), and one
 * that grows (CONFIG_SWIOTLB_DYNAMIC). Refs: Documentation/admin-guide/kernel-parameters.txt, kernel/dma/Kconfig.
 */
export type SwiotlbParameter = "default" | "off" | "force" | "noforce" | "restricted" | "dynamic";

/** A machine and the boot parameters that matter on it. */
export interface Configuration {
  /** Canonical spelling, as `--machine` takes it. */
  readonly name: string;
  readonly platform: Platform;
  readonly iommu: IommuMode;
  readonly swiotlb: SwiotlbParameter;
  /** Pages of the swiotlb pool; the model's own size where it is left out. */
  readonly swiotlbPages?: number;
  /** False: lines stay in caches, tagged by C-bit, until they are written back. True where it is left out. */
  readonly coherent?: boolean;
  /** True: changed page-table entries stay in the TLB until it is flushed. False where it is left out. */
  readonly tlb?: boolean;
  /** GiB of RAM; 2 where it is left out. From 4 up part of it lies above 4 GiB, right below this address. */
  readonly ramGiB?: number;
  /** Bytes of the host's granule (CCA); 4096 where it is left out. */
  readonly granule?: number;
  /** ttm.pages_limit: pages of populated buffers beyond which others are swapped out; half of RAM where it is left out. */
  readonly ttmPagesLimit?: number;
  /** Cells of a page: 1 where it is left out, 256 for byte-exact runs. */
  readonly cells?: number;
}
