// SPDX-License-Identifier: MIT
/** amdgpu: TTM's pool fills dma_address[]; pages come from dma_alloc_coherent() where drm_need_swiotlb() says so. */

import type { DriverProfile } from "../../kernel/index.ts";

const COMMON = {
  useDmaAlloc: "drm_need_swiotlb",
  useDma32: "dma_addressing_limited",
  tt: "ttm_sg_tt_init",
  ownMapping: "never",
  skipCpuSync: false,
} as const;

const INIT = "drivers/gpu/drm/amd/amdgpu/amdgpu_ttm.c:1893 (ttm_device_init)";
const MASK = "drivers/gpu/drm/amd/amdgpu/gmc_v9_0.c:2144-2148 (dma_addr_bits)";

/** Vega and most of GFX9: 44 bits. */
export const amdgpuGfx9: DriverProfile = {
  name: "amdgpu-gfx9",
  title: "amdgpu, GFX9 (44-bit DMA mask)",
  dmaMaskBits: 44,
  coherentMaskBits: 44,
  ...COMMON,
  refs: [INIT, MASK],
};

/** GFX9.4.2 and later of the family (MI200, MI300): 48 bits. */
export const amdgpuGfx943: DriverProfile = {
  name: "amdgpu-gfx9.4.3",
  title: "amdgpu, GFX9.4.3 (48-bit DMA mask)",
  dmaMaskBits: 48,
  coherentMaskBits: 48,
  ...COMMON,
  refs: [INIT, MASK],
};
