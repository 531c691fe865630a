// SPDX-License-Identifier: MIT
/** nouveau: the mask comes from the chip's MMU; the driver syncs its buffers around CPU access. */

import type { DriverProfile } from "../../kernel/index.ts";
import { POOL_MAPPED } from "./pool-mapped.ts";

/** Buffers are cached unless forced coherent or behind an AGP bridge. @ref drivers/gpu/drm/nouveau/nouveau_sgdma.c:75-78 force_coherent */
function nouveau(name: string, title: string, bits: number, mask: string): DriverProfile {
  return {
    name,
    title: `nouveau, ${title} (${bits}-bit DMA mask)`,
    dmaMaskBits: bits,
    coherentMaskBits: bits,
    useDmaAlloc: "drm_need_swiotlb",
    useDma32: "mask-32",
    ...POOL_MAPPED,
    ownSync: true,
    refs: [
      "drivers/gpu/drm/nouveau/nouveau_ttm.c:302 (ttm_device_init)",
      "drivers/gpu/drm/nouveau/nouveau_sgdma.c:84 (ttm_sg_tt_init)",
      "drivers/gpu/drm/nouveau/nouveau_bo.c:616 (nouveau_bo_sync_for_device)",
      "drivers/gpu/drm/nouveau/nvkm/engine/device/pci.c:1687-1694 (dma_set_mask_and_coherent)",
      mask,
    ],
  };
}

const mmu = (chip: string, line: number): string => `drivers/gpu/drm/nouveau/nvkm/subdev/mmu/${chip}.c:${line} (dma_bits)`;

export const nouveauNv04: DriverProfile = nouveau("nouveau-nv04", "before NV41", 32, mmu("nv04", 31));
export const nouveauNv41: DriverProfile = nouveau("nouveau-nv41", "NV41 to NV4x", 39, mmu("nv41", 43));
export const nouveauNv50: DriverProfile = nouveau("nouveau-nv50", "Tesla to Maxwell", 40, mmu("nv50", 66));
export const nouveauPascal: DriverProfile = nouveau("nouveau-pascal", "Pascal and later", 47, mmu("gp100", 31));
