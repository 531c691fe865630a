// SPDX-License-Identifier: MIT
/** arch/x86/kernel/pci-dma.c: whether there is a swiotlb and whether everything goes through it. */

import { type Boot, cc_platform_has, is_realm_world } from "./coco-core.ts";

/** GiB of RAM up to which all of it lies below 4 GiB (MAX_DMA32_PFN). */
const MAX_DMA32_GIB = 4;

/**
 * What pci_swiotlb_detect() and swiotlb_init() come to.
 * @ref arch/x86/kernel/pci-dma.c:44-66 (pci_swiotlb_detect), kernel/dma/swiotlb.c:355-370 (swiotlb_init_remap)
 * `swiotlb=noforce` leaves no pool at all; `swiotlb=force` makes one by itself. In a realm arch/arm64/mm/init.c asks the
 * same of is_realm_world(), with realm support.
 * ASSUMED (may miss bugs): iommu=off is a machine without an IOMMU, not the kernel parameter of that name, which would take the
 * pool for memory above 4 GiB away.
 */
export function pci_swiotlb_detect(k: Boot): { enabled: boolean; force_bounce: boolean } {
  const { swiotlb, ramGiB = 2 } = k.configuration;
  if (swiotlb === "noforce" || swiotlb === "off") return { enabled: false, force_bounce: false };
  const guest = cc_platform_has(k, "CC_ATTR_GUEST_MEM_ENCRYPT") || is_realm_world(k);
  const force_bounce = guest || swiotlb === "force";
  return { enabled: force_bounce || cc_platform_has(k, "CC_ATTR_HOST_MEM_ENCRYPT") || ramGiB > MAX_DMA32_GIB, force_bounce };
}
