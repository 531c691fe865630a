// SPDX-License-Identifier: MIT
/** amdgpu: TTM's pool fills dma_address[]; pages come from dma_alloc_coherent() where drm_need_swiotlb() says so. */

import type { DriverProfile, Refusal } from "../../kernel/index.ts";
import { POOL_MAPPED } from "./pool-mapped.ts";

const REFS = [
  "drivers/gpu/drm/amd/amdgpu/amdgpu_ttm.c:1893 (ttm_device_init)",
  "drivers/gpu/drm/amd/amdgpu/amdgpu_ttm.c:1156 (ttm_sg_tt_init)",
];

/**
 * One generation. Buffers are cached unless AMDGPU_GEM_CREATE_CPU_GTT_USWC asks for write-combining; VRAM is
 * write-combining unless the device hangs on the CPU's XGMI. @ref drivers/gpu/drm/amd/amdgpu/amdgpu_ttm.c:1150-1153 AMDGPU_GEM_CREATE_CPU_GTT_USWC @ref drivers/gpu/drm/amd/amdgpu/amdgpu_vram_mgr.c:613-617 ttm_write_combined
 */
function amdgpu(name: string, title: string, bits: number, mask: string): DriverProfile {
  return {
    name,
    title: `amdgpu, ${title} (${bits}-bit DMA mask)`,
    dmaMaskBits: bits,
    coherentMaskBits: bits,
    useDmaAlloc: "drm_need_swiotlb",
    useDma32: "dma_addressing_limited",
    ...POOL_MAPPED,
    probeMaps: { what: "the page that fills the GART", ref: "drivers/gpu/drm/amd/amdgpu/amdgpu_gart.c:75-89 (amdgpu_gart_dummy_page_init)" },
    refs: [...REFS, mask],
  };
}

const GMC9 = "drivers/gpu/drm/amd/amdgpu/gmc_v9_0.c:2144-2148 (dma_addr_bits)";
const gmc = (version: number, line: number): string => `drivers/gpu/drm/amd/amdgpu/gmc_v${version}_0.c:${line} (dma_set_mask_and_coherent)`;

export const amdgpuGfx6: DriverProfile = amdgpu("amdgpu-gfx6", "GFX6", 40, gmc(6, 830));
export const amdgpuGfx7: DriverProfile = amdgpu("amdgpu-gfx7", "GFX7", 40, gmc(7, 1007));
export const amdgpuGfx8: DriverProfile = amdgpu("amdgpu-gfx8", "GFX8", 40, gmc(8, 1120));
/** Vega and most of GFX9: 44 bits. */
export const amdgpuGfx9: DriverProfile = amdgpu("amdgpu-gfx9", "GFX9", 44, GMC9);
/** GFX9.4.2 and later of the family (MI200, MI300): 48 bits. */
export const amdgpuGfx943: DriverProfile = amdgpu("amdgpu-gfx9.4.3", "GFX9.4.3", 48, GMC9);
export const amdgpuGfx10: DriverProfile = amdgpu("amdgpu-gfx10", "GFX10", 44, gmc(10, 871));
export const amdgpuGfx11: DriverProfile = amdgpu("amdgpu-gfx11", "GFX11", 44, gmc(11, 839));
export const amdgpuGfx12: DriverProfile = { ...amdgpu("amdgpu-gfx12", "GFX12", 44, gmc(12, 804)), since: "gmc_v12_0" };

const RAVEN_PROBE: Refusal = {
  when: "mem-encrypt",
  reason: "amdgpu_pci_probe() returns -ENOTSUPP: SME is not compatible with Raven",
  ref: "drivers/gpu/drm/amd/amdgpu/amdgpu_drv.c:2296-2301 (CHIP_RAVEN)",
  change: "ea68573d408f",
};

const RAVEN_HARDWARE: Refusal = {
  when: "host-mem-encrypt",
  reason: "scatter/gather display needs an identity-mapped IOMMU, and the C-bit lies above the chip's DMA mask, which needs a translated one",
  ref: "drivers/gpu/drm/amd/amdgpu/amdgpu_drv.c:2292-2295 (raven)",
  guests: "unknown",
};

/** Raven and Picasso APUs, GFX9.1. */
export const amdgpuRaven: DriverProfile = {
  ...amdgpu("amdgpu-raven", "Raven APU", 44, GMC9),
  refuses: RAVEN_PROBE,
  cannotWork: RAVEN_HARDWARE,
};
