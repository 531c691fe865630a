// SPDX-License-Identifier: MIT
/** Linux 6.12, as Debian's linux-source-6.12 (6.12.117) has it. */

import type { Release } from "./release.ts";

export const linux612: Release = {
  name: "6.12",
  tree: "linux-source-6.12 (6.12.117)",
  changes: new Set([
    "71ce046327cf", // drm/ttm: Make sure the mapped tt pages are decrypted when needed
    "4c08f01934ab", // drm/vmwgfx: Enable DMA mappings with SEV
    "9087c37584fb", // dma-direct: Force unencrypted DMA under SME for certain DMA masks
    "901c7280ca0d", // swiotlb: copy in at map, whatever the direction
    "812b0597fb40", // x86/hyperv: Change vTOM handling to use standard coco mechanisms
    "82ace185017f", // x86/mm/cpa: Warn for set_memory_XXcrypted() VMM fails
    "99c5c4c60e0d", // x86/mm: Make x86_platform.guest.enc_status_change_*() return an error
    "859e63b789d6", // x86/tdx: Convert shared memory back to private on kexec
  ]),
};
