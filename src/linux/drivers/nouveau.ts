// SPDX-License-Identifier: MIT
/** nouveau from Pascal on: 47 bits. */

import type { DriverProfile } from "../../kernel/index.ts";

export const nouveauPascal: DriverProfile = {
  name: "nouveau-pascal",
  title: "nouveau, Pascal and later (47-bit DMA mask)",
  dmaMaskBits: 47,
  coherentMaskBits: 47,
  useDmaAlloc: "drm_need_swiotlb",
  useDma32: "mask-32",
  tt: "ttm_sg_tt_init",
  ownMapping: "never",
  skipCpuSync: false,
  refs: ["drivers/gpu/drm/nouveau/nouveau_ttm.c:302 (ttm_device_init)", "drivers/gpu/drm/nouveau/nvkm/subdev/mmu/gp100.c:31 (dma_bits)"],
};
