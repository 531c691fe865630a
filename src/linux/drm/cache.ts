// SPDX-License-Identifier: MIT
/** drivers/gpu/drm/drm_cache.c */

import { BIT } from "../../base/index.ts";
import { has, type Linux } from "../linux.ts";
import { cc_platform_has } from "../x86/coco-core.ts";

/** End of the highest MMIO resource: a 64-bit BAR of the GPU, 256 MiB at 256 GiB. An assumption about the machine. */
export const MAX_IOMEM = 0x40_0fff_ffff;

/** Whether a driver should take its pages from dma_alloc_coherent(). @ref drivers/gpu/drm/drm_cache.c:183-212 */
export function drm_need_swiotlb(k: Linux, dma_bits: number): boolean {
  if (has(k, "drm_need_swiotlb") && cc_platform_has(k, "CC_ATTR_MEM_ENCRYPT")) return true;
  return MAX_IOMEM > BIT(dma_bits);
}
