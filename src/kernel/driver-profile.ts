// SPDX-License-Identifier: MIT
/** What a driver tells the DMA layer and TTM about its device: everything that decides how its pages are mapped. */

export interface DriverProfile {
  /** The name on the command line. */
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
  readonly useDma32: "dma_addressing_limited" | "mask-32" | "never";
  /** How the driver makes its ttm_tt when TTM's pool is to fill dma_address[], and how when it is not. */
  readonly tt: "ttm_sg_tt_init" | "ttm_tt_init";
  /** Where the driver maps the pages itself (dma_map_sgtable after populate): always, without use_dma_alloc, or never. */
  readonly ownMapping: "always" | "without-dma-alloc" | "never";
  /** DMA_ATTR_SKIP_CPU_SYNC when it maps (it unmaps without attributes). */
  readonly skipCpuSync: boolean;
  /** Kernel file and line of each choice. */
  readonly refs: readonly string[];
}
