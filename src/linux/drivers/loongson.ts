// SPDX-License-Identifier: MIT
/** loongson: TTM's pool maps for streaming; pages below 4 GiB. */

import type { DriverProfile } from "../../kernel/index.ts";
import { POOL_MAPPED } from "./pool-mapped.ts";

export const loongson: DriverProfile = {
  name: "loongson",
  title: "loongson (40-bit DMA mask)",
  dmaMaskBits: 40,
  coherentMaskBits: 40,
  useDmaAlloc: "never",
  useDma32: "always",
  ...POOL_MAPPED,
  cpuCopies: true,
  since: "f39db26c5428",
  refs: [
    "drivers/gpu/drm/loongson/lsdc_ttm.c:545 (ttm_device_init)",
    "drivers/gpu/drm/loongson/lsdc_drv.c:273 (dma_set_mask_and_coherent)",
    "drivers/gpu/drm/loongson/lsdc_ttm.c:102 (ttm_sg_tt_init)",
    "drivers/gpu/drm/loongson/lsdc_ttm.c:216 (ttm_bo_move_memcpy)",
    "drivers/gpu/drm/loongson/lsdc_ttm.c:232 (ttm_write_combined)",
  ],
};
