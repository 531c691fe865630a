// SPDX-License-Identifier: MIT
/**
 * i915: the driver maps its pages itself. Discrete chips' buffers are TTM's.
 * SIMPLIFIED (may miss bugs): integrated chips' buffers come from shmem and not from TTM; here TTM's pool gives the pages of
 * both, which have the same attributes, and the driver maps them in the same way. @ref drivers/gpu/drm/i915/intel_memory_region.c:341-347 i915_gem_shmem_setup
 */

import type { DriverProfile } from "../../kernel/index.ts";

interface Masks {
  readonly dma: number;
  /** Where it differs, with the place that says so. */
  readonly coherent?: number;
  readonly quirk?: string;
}

/**
 * Cached buffers are shmem pages, mapped with DMA_ATTR_SKIP_CPU_SYNC. Discrete chips' buffers that may lie in VRAM too are
 * write-combined instead, from the pool, and mapped without attributes.
 * @ref drivers/gpu/drm/i915/gem/i915_gem_ttm.c:112-123 i915_ttm_select_tt_caching
 */
function i915(name: string, title: string, masks: Masks, line: number, discrete: boolean): DriverProfile {
  const { dma, coherent = dma, quirk } = masks;
  const bits = coherent === dma ? `${dma}-bit DMA mask` : `${dma}-bit DMA mask, ${coherent}-bit coherent`;
  return {
    name,
    title: `i915, ${title} (${bits}, streaming)`,
    dmaMaskBits: dma,
    coherentMaskBits: coherent,
    useDmaAlloc: "never",
    useDma32: "never",
    tt: "ttm_tt_init",
    ownMapping: "always",
    skipCpuSync: !discrete,
    caching: discrete ? "wc" : "cached",
    vram: discrete,
    ...(discrete ? { vramCaching: "wc", evictsToSystem: true } : {}),
    refs: [
      `drivers/gpu/drm/i915/i915_pci.c:${line} (dma_mask_size)`,
      "drivers/gpu/drm/i915/i915_driver.c:374 (i915_set_dma_info)",
      ...(quirk === undefined ? [] : [quirk]),
      "drivers/gpu/drm/i915/intel_region_ttm.c:35 (ttm_device_init)",
      discrete ? "drivers/gpu/drm/i915/gem/i915_gem_ttm.c:542 (dma_map_sgtable)" : "drivers/gpu/drm/i915/gem/i915_gem_ttm.c:220 (dma_map_sgtable)",
      ...(discrete ? ["drivers/gpu/drm/i915/gem/i915_gem_ttm.c:681 (ttm_write_combined)", "drivers/gpu/drm/i915/gem/i915_gem_ttm.c:380 (i915_sys_placement)"] : []),
    ],
  };
}

const GEN2 = "drivers/gpu/drm/i915/i915_driver.c:392-393 (GRAPHICS_VER)";
const I965 = "drivers/gpu/drm/i915/i915_driver.c:404-405 (IS_I965G)";

export const i915Gen2: DriverProfile = i915("i915-gen2", "I830 to I865", { dma: 32, coherent: 30, quirk: GEN2 }, 90, false);
export const i915Gen3: DriverProfile = i915("i915-gen3", "I915 and I945", { dma: 32 }, 138, false);
export const i915I965: DriverProfile = i915("i915-i965", "I965G", { dma: 36, coherent: 32, quirk: I965 }, 201, false);
export const i915Gen5: DriverProfile = i915("i915-gen5", "Ironlake", { dma: 36 }, 245, false);
export const i915Gen6: DriverProfile = i915("i915-gen6", "Sandy Bridge", { dma: 40 }, 273, false);
export const i915Gen8: DriverProfile = i915("i915-gen8", "Broadwell and later", { dma: 39 }, 417, false);
export const i915Dg2: DriverProfile = i915("i915-dg2", "DG2", { dma: 46 }, 704, true);
