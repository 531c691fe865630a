// SPDX-License-Identifier: MIT
/** What a driver tells the DMA layer and TTM about its device: everything that decides how its pages are mapped. */

import type { Configuration } from "./configuration.ts";
import type { Caching } from "./operations.ts";

/**
 * Where something applies: with CC_ATTR_MEM_ENCRYPT (SME hosts and all encrypted x86 guests), or with
 * CC_ATTR_HOST_MEM_ENCRYPT (SME hosts). @ref include/linux/cc_platform.h:22 (CC_ATTR_MEM_ENCRYPT)
 */
export type Condition = "mem-encrypt" | "host-mem-encrypt";

/** A configuration that does not work, with the reason. */
export interface Refusal {
  readonly when: Condition;
  /** One sentence. */
  readonly reason: string;
  /** Kernel file and line that says so. */
  readonly ref: string;
  /** The change that brought it, an id as releases have them; all releases have it where it is left out. */
  readonly change?: string;
  /** For `cannotWork`: nobody has told how the device does when it is passed through to a guest. */
  readonly guests?: "unknown";
}

/** A device as the DMA layer and TTM see it: what its driver asks for, and what the device reaches. */
export interface DriverProfile {
  /** The name on the command line; the path as it was given where the device came from a file. */
  readonly name: string;
  readonly title: string;
  /** Bits of dma_set_mask() and dma_set_coherent_mask(), and of the device's address lines. */
  readonly dmaMaskBits: number;
  readonly coherentMaskBits: number;
  /**
   * The `use_dma_alloc` argument of ttm_device_init(): what drm_need_swiotlb(dmaMaskBits) says, vmwgfx's choice of map
   * mode (coherent where CC_ATTR_MEM_ENCRYPT), or false.
   */
  readonly useDmaAlloc: "drm_need_swiotlb" | "vmw_dma_select_mode" | "never";
  /** The `use_dma32` argument. */
  readonly useDma32: "dma_addressing_limited" | "mask-32" | "always" | "never";
  /** How the driver makes its ttm_tt when TTM's pool is to fill dma_address[], and how when it is not. */
  readonly tt: "ttm_sg_tt_init" | "ttm_tt_init";
  /** Where the driver maps the pages itself (dma_map_sgtable after populate): always, without use_dma_alloc, or never. */
  readonly ownMapping: "always" | "without-dma-alloc" | "never";
  /** DMA_ATTR_SKIP_CPU_SYNC when it maps (it unmaps without attributes). */
  readonly skipCpuSync: boolean;
  /** The caching of its buffers in system memory that TTM is told without further wishes; "cached" where it is left out. */
  readonly caching?: Caching;
  /** True where buffers can be placed in memory of the device (TTM_PL_VRAM). False where it is left out. */
  readonly vram?: boolean;
  /** ttm_resource.bus.caching of VRAM; "wc" where it is left out. */
  readonly vramCaching?: Caching;
  /** The driver syncs its buffers by itself around CPU access (dma_sync_single_*), as nouveau does. */
  readonly ownSync?: boolean;
  /** True where the device never reads or writes system pages (qxl, users of the VRAM helper). */
  readonly noDma?: boolean;
  /** True where no engine of the device copies between system memory and VRAM: in all moves the CPU does. So with `noDma`. */
  readonly cpuCopies?: boolean;
  /** True where buffers are evicted from VRAM to system memory, and not to where the device still reaches them. So with `noDma`. */
  readonly evictsToSystem?: boolean;
  /** Bits of dev->bus_dma_limit, what the bus in front of the device carries; no limit where it is left out. */
  readonly busDmaLimitBits?: number;
  /** dma_set_min_align_mask(): low bits of an address that a bounce buffer must keep (4095 for NVMe). */
  readonly minAlignMask?: number;
  /** pci_dev->untrusted: behind an external-facing port. Always translated where there is an IOMMU, and bounced where unaligned. */
  readonly untrusted?: boolean;
  /** !dev_is_dma_coherent(): coherent memory is remapped, as CONFIG_DMA_DIRECT_REMAP does. */
  readonly nonCoherent?: boolean;
  /** dev->dma_range_map with one region: bytes from a CPU address to the bus address. */
  readonly rangeOffset?: number;
  /** True where the device is accepted (TDISP) before the driver probes it. */
  readonly accepted?: boolean;
  /** A page that the probe maps with dma_map_page() and keeps: where that fails, so does the probe. None where it is left out. */
  readonly probeMaps?: { readonly what: string; readonly ref: string };
  /** What the driver's probe declines. */
  readonly refuses?: Refusal;
  /** What the hardware cannot do, whatever a kernel says to it. */
  readonly cannotWork?: Refusal;
  /** The change that brought the driver or its device to Linux, an id as releases have them; all releases have it where it is left out. */
  readonly since?: string;
  /** Kernel file and line of each choice. */
  readonly refs: readonly string[];
}

/** True where a condition holds on a configuration. @ref arch/x86/coco/core.c:63-95 amd_cc_platform_has */
export function applies(condition: Condition, { platform }: Configuration): boolean {
  switch (condition) {
    case "mem-encrypt":
      return platform.encryption === "sme" || platform.encryption === "sev" || platform.encryption === "tdx";
    case "host-mem-encrypt":
      return platform.encryption === "sme";
  }
}

/** True where the device itself reads and writes a buffer's system pages: only then are `dev_read` and `dev_write` worth trying. */
export function deviceReads(driver: DriverProfile): boolean {
  return driver.noDma !== true;
}
