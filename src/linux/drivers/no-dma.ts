// SPDX-License-Identifier: MIT
/**
 * Devices that never touch system pages: the CPU copies between them and VRAM. Their PCI functions keep the mask that every one
 * starts with. @ref drivers/pci/probe.c:1964 pci_setup_device
 */

import type { DriverProfile } from "../../kernel/index.ts";

const COMMON = {
  dmaMaskBits: 32,
  coherentMaskBits: 32,
  useDmaAlloc: "never",
  tt: "ttm_tt_init",
  ownMapping: "never",
  skipCpuSync: false,
  caching: "cached",
  vram: true,
  vramCaching: "wc",
  noDma: true,
} as const satisfies Partial<DriverProfile>;

/** ttm_device_init() gets no device at all. */
export const qxl: DriverProfile = {
  ...COMMON,
  name: "qxl",
  title: "qxl (no DMA)",
  useDma32: "never",
  refs: ["drivers/gpu/drm/qxl/qxl_ttm.c:196 (ttm_device_init)", "drivers/gpu/drm/qxl/qxl_ttm.c:114 (ttm_tt_init)", "drivers/gpu/drm/qxl/qxl_ttm.c:83 (ttm_write_combined)"],
};

export const vramHelper: DriverProfile = {
  ...COMMON,
  name: "vram-helper",
  title: "users of the VRAM helper: bochs, hibmc, vboxvideo (no DMA)",
  useDma32: "always",
  refs: [
    "drivers/gpu/drm/drm_gem_vram_helper.c:978 (ttm_device_init)",
    "drivers/gpu/drm/drm_gem_vram_helper.c:846 (ttm_tt_init)",
    "drivers/gpu/drm/drm_gem_vram_helper.c:919 (ttm_write_combined)",
  ],
};
