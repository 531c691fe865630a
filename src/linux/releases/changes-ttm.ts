// SPDX-License-Identifier: MIT
/** Changes of TTM, DRM and the drivers. */

import type { Change } from "./changes.ts";

export const TTM_CHANGES: readonly Change[] = [
  { id: "71ce046327cf", title: "drm/ttm: Make sure the mapped tt pages are decrypted when needed", in61: true, in612: true, asks: "ttm_tt_create, under the policy that Linux has" },
  { id: "4c08f01934ab", title: "drm/vmwgfx: Enable DMA mappings with SEV", in61: true, in612: true, asks: "vmw_dma_select_mode" },
  { id: "5379e4dd3220", title: "mm, drm/ttm: Fix vm page protection handling", in61: true, in612: true, asks: "ttm_bo_vm_fault_reserved" },
  { id: "95cf9264d5f3", title: "x86, drm, fbdev: Do not specify encrypted memory for video mappings", in61: true, in612: true, asks: "ttm_bo_vm_fault_reserved" },
  { id: "ea68573d408f", title: "drm/amdgpu: Fail to load on RAVEN if SME is active", in61: true, in612: true, asks: "amdgpu_pci_probe" },
  {
    id: "drm_need_swiotlb",
    title: "drm: fallback to dma_alloc_coherent when memory encryption is active",
    link: "drivers/gpu/drm/drm_cache.c:204 (drm_need_swiotlb)",
    in61: true,
    in612: true,
    asks: "drm_need_swiotlb",
  },
  {
    id: "ttm_fault_interruptible",
    title: "drm/ttm: a fault populates interruptibly, and an error there is SIGBUS, not OOM",
    link: "drivers/gpu/drm/ttm/ttm_bo_vm.c:218-230",
    in61: false,
    in612: true,
    asks: "ttm_bo_vm_fault_reserved",
  },
  {
    id: "ttm_kmap_needs_pages",
    title: "drm/ttm: kmap and vmap of a tt without pages are -EINVAL",
    link: "drivers/gpu/drm/ttm/ttm_bo_util.c:336-383",
    in61: false,
    in612: true,
    asks: "ttm_bo_kmap_ttm, ttm_bo_vmap",
  },
  {
    id: "ttm_swapout_busy",
    title: "drm/ttm: swapping out that fails for want of memory is -EBUSY",
    link: "drivers/gpu/drm/ttm/ttm_bo.c:1135-1137",
    in61: false,
    in612: true,
    asks: "ttm_bo_swapout",
  },
  {
    id: "dd08ebf6c352",
    title: "drm/xe: Introduce a new DRM driver for Intel GPUs",
    in61: false,
    in612: true,
    asks: "boot (the devices of xe)",
  },
  {
    id: "f39db26c5428",
    title: "drm: Add kms driver for loongson display controller",
    in61: false,
    in612: true,
    asks: "boot (loongson)",
  },
  {
    id: "gmc_v12_0",
    title: "drm/amdgpu: GFX12, whose file gmc_v12_0.c 6.1 does not have",
    in61: false,
    in612: true,
    asks: "boot (amdgpu-gfx12)",
    link: "drivers/gpu/drm/amd/amdgpu/gmc_v12_0.c",
  },
];
