// SPDX-License-Identifier: MIT
/** radeon: as amdgpu, for the generations before it. */

import type { DriverProfile } from "../../kernel/index.ts";
import { POOL_MAPPED } from "./pool-mapped.ts";

/** Buffers are cached unless RADEON_GEM_GTT_UC or _WC asks otherwise. @ref drivers/gpu/drm/radeon/radeon_ttm.c:501-506 RADEON_GEM_GTT_WC */
function radeon(name: string, title: string, bits: number, mask: string): DriverProfile {
  return {
    name,
    title: `radeon, ${title} (${bits}-bit DMA mask)`,
    dmaMaskBits: bits,
    coherentMaskBits: bits,
    useDmaAlloc: "drm_need_swiotlb",
    useDma32: "dma_addressing_limited",
    ...POOL_MAPPED,
    probeMaps: { what: "the page that fills the GART", ref: "drivers/gpu/drm/radeon/radeon_device.c:781-799 (radeon_dummy_page_init)" },
    refs: [
      "drivers/gpu/drm/radeon/radeon_ttm.c:684 (ttm_device_init)",
      "drivers/gpu/drm/radeon/radeon_ttm.c:508 (ttm_sg_tt_init)",
      "drivers/gpu/drm/radeon/radeon_ttm.c:284 (ttm_write_combined)",
      mask,
    ],
  };
}

export const radeonPcie: DriverProfile = radeon("radeon", "PCIe and later IGPs", 40, "drivers/gpu/drm/radeon/radeon_device.c:1361 (dma_bits)");
/**
 * Chips on plain PCI up to RS740. SIMPLIFIED (may miss bugs): AGP cards have the same mask; their bridge gets pages without any DMA
 * mapping, which is not modelled. @ref drivers/gpu/drm/radeon/radeon_ttm.c:491 ttm_agp_tt_create
 */
export const radeonPci: DriverProfile = radeon("radeon-pci", "plain PCI up to RS740", 32, "drivers/gpu/drm/radeon/radeon_device.c:1364-1366 (dma_bits)");
