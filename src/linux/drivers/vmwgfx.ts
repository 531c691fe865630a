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
  caching: "cached",
  vram: true,
  vramCaching: "cached",
  cpuCopies: true,
  evictsToSystem: true,
  refs: [
    "drivers/gpu/drm/vmwgfx/vmwgfx_drv.c:673 (vmw_dma_select_mode)",
    "drivers/gpu/drm/vmwgfx/vmwgfx_drv.c:698 (vmw_dma_masks)",
    "drivers/gpu/drm/vmwgfx/vmwgfx_drv.c:1042 (ttm_device_init)",
    "drivers/gpu/drm/vmwgfx/vmwgfx_ttm_buffer.c:160 (dma_map_sgtable)",
    "drivers/gpu/drm/vmwgfx/vmwgfx_ttm_buffer.c:452 (ttm_cached)",
    "drivers/gpu/drm/vmwgfx/vmwgfx_ttm_buffer.c:538 (ttm_bo_move_memcpy)",
    "drivers/gpu/drm/vmwgfx/vmwgfx_ttm_buffer.c:435 (vmw_sys_placement)",
  ],
};

/** The module parameter restrict_dma_mask. */
export const vmwgfxRestricted: DriverProfile = {
  ...vmwgfx,
  name: "vmwgfx-restricted",
  title: "vmwgfx with restrict_dma_mask (44-bit DMA mask)",
  dmaMaskBits: 44,
  coherentMaskBits: 44,
  refs: [...vmwgfx.refs, "drivers/gpu/drm/vmwgfx/vmwgfx_drv.c:699-702 (vmw_restrict_dma_mask)"],
};
