// SPDX-License-Identifier: MIT
/** arch/x86/kernel/pci-dma.c: whether there is a swiotlb and whether everything goes through it. */

import type { Configuration } from "../../kernel/index.ts";

/**
 * What pci_swiotlb_detect() and swiotlb_init() come to.   @ref arch/x86/kernel/pci-dma.c:44-66, kernel/dma/swiotlb.c:355-370 (swiotlb_init_remap)
 * `swiotlb=noforce` leaves no pool at all; `swiotlb=force` makes one by itself.
 * SIMPLIFIED: RAM ends below 4 GiB, so the third reason for a pool (memory above 4 GiB) does not occur.
 */
export function pci_swiotlb_detect(configuration: Configuration): { enabled: boolean; force_bounce: boolean } {
  if (configuration.swiotlb === "noforce") return { enabled: false, force_bounce: false };
  const { encryption } = configuration.platform;
  const forced = encryption === "sev" || configuration.swiotlb === "force";
  return { enabled: forced || encryption === "sme", force_bounce: forced };
}
