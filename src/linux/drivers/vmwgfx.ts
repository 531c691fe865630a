// SPDX-License-Identifier: MIT
/** vmwgfx: a virtual device without address limit; coherent pages under memory encryption, its own sg mapping without. */

import type { DriverProfile } from "../../kernel/index.ts";

export const vmwgfx: DriverProfile = {
  name: "vmwgfx",
  title: "vmwgfx (64-bit DMA mask)",
  dmaMaskBits: 64,
  coherentMaskBits: 64,
  useDmaAlloc: "vmw_dma_select_mode",
  useDma32: "never",
  tt: "ttm_sg_tt_init",
  ownMapping: "without-dma-alloc",
  skipCpuSync: false,
  refs: [
    "drivers/gpu/drm/vmwgfx/vmwgfx_drv.c:673 (vmw_dma_select_mode)",
    "drivers/gpu/drm/vmwgfx/vmwgfx_drv.c:698 (vmw_dma_masks)",
    "drivers/gpu/drm/vmwgfx/vmwgfx_ttm_buffer.c:160 (dma_map_sgtable)",
  ],
};
