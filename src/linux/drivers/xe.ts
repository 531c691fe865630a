// SPDX-License-Identifier: MIT
/** xe: pages from TTM's pool, mapped once by the driver for streaming DMA and never synced. */

import type { DriverProfile } from "../../kernel/index.ts";

export const xe: DriverProfile = {
  name: "xe",
  title: "xe, DG2 and Meteor Lake (46-bit DMA mask, streaming)",
  dmaMaskBits: 46,
  coherentMaskBits: 46,
  useDmaAlloc: "never",
  useDma32: "never",
  tt: "ttm_tt_init",
  ownMapping: "always",
  skipCpuSync: true,
  refs: [
    "drivers/gpu/drm/xe/xe_pci.c:107 (dma_mask_size)",
    "drivers/gpu/drm/xe/xe_device.c:313 (ttm_device_init)",
    "drivers/gpu/drm/xe/xe_bo.c:310 (dma_map_sgtable, DMA_ATTR_SKIP_CPU_SYNC)",
  ],
};
