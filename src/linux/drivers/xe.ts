// SPDX-License-Identifier: MIT
/** xe: pages from TTM's pool, mapped once by the driver for streaming DMA and never synced. */

import type { DriverProfile } from "../../kernel/index.ts";

/**
 * Discrete chips' buffers are always cached, integrated ones' as user space asked. VRAM is write-combining, since the driver maps
 * all of it so at probe: kernel mappings are parts of that one, and user mappings take the type that it reserved. @ref drivers/gpu/drm/xe/xe_vram.c:156 ioremap_wc
 * @ref drivers/gpu/drm/xe/xe_bo.c:368 IS_DGFX
 */
function xeOf(name: string, title: string, bits: number, vram: boolean, mask: string): DriverProfile {
  return {
    name,
    title: `xe, ${title} (${bits}-bit DMA mask, streaming)`,
    dmaMaskBits: bits,
    coherentMaskBits: bits,
    useDmaAlloc: "never",
    useDma32: "never",
    tt: "ttm_tt_init",
    ownMapping: "always",
    skipCpuSync: true,
    caching: "cached",
    vram,
    ...(vram ? { vramCaching: "wc" } : {}),
    since: "dd08ebf6c352",
    refs: [
      mask,
      "drivers/gpu/drm/xe/xe_device.c:313 (ttm_device_init)",
      "drivers/gpu/drm/xe/xe_device.c:477-481 (dma_set_coherent_mask)",
      "drivers/gpu/drm/xe/xe_bo.c:310 (dma_map_sgtable, DMA_ATTR_SKIP_CPU_SYNC)",
    ],
  };
}

export const xeXelp: DriverProfile = xeOf("xe-xelp", "Tiger Lake to Alder Lake", 39, false, "drivers/gpu/drm/xe/xe_pci.c:87 (dma_mask_size)");
export const xe: DriverProfile = xeOf("xe", "DG2 and Meteor Lake", 46, true, "drivers/gpu/drm/xe/xe_pci.c:107 (dma_mask_size)");
export const xePvc: DriverProfile = xeOf("xe-pvc", "Ponte Vecchio", 52, true, "drivers/gpu/drm/xe/xe_pci.c:140 (dma_mask_size)");
