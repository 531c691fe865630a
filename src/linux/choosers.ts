// SPDX-License-Identifier: MIT
/** Which function chose the attribute of the linear map and of the device's view, for buffers of every kind. */

import { physToPfn } from "../base/index.ts";
import type { Chooser } from "../kernel/index.ts";
import type { DevicePath } from "../machine/index.ts";
import { use_dma_iommu } from "./dma/mapping.ts";
import { is_swiotlb_buffer } from "./dma/swiotlb.ts";
import type { Linux } from "./linux.ts";

const LINEAR_BOOT: Chooser = { function: "PAGE_KERNEL", file: "arch/x86/include/asm/pgtable_types.h:251" };
const LINEAR_BOOT_ARM64: Chooser = { function: "PAGE_KERNEL", file: "arch/arm64/include/asm/pgtable-prot.h:104" };
const LINEAR_DECRYPTED: Chooser = { function: "dma_direct_alloc -> set_memory_decrypted", file: "kernel/dma/direct.c:290" };
export const DEVICE_IOMMU: Chooser = { function: "iommu_v1_map_pages", file: "drivers/iommu/amd/io_pgtable.c:386" };
const DEVICE_COHERENT: Chooser = { function: "phys_to_dma_direct", file: "kernel/dma/direct.c:25" };
const DEVICE_STREAMING: Chooser = { function: "dma_direct_map_page", file: "kernel/dma/direct.h:83" };
const DEVICE_BOUNCED: Chooser = { function: "swiotlb_map", file: "kernel/dma/swiotlb.c:1599" };

/** Who chose the linear mapping of memory that the DMA layer may have decrypted. @param cBit the attribute bit that it has */
export function linear_chooser(k: Linux, cBit: boolean): Chooser {
  const { platform } = k.configuration;
  return platform.cBit < 0 || cBit !== platform.setMeansShared ? (platform.encryption === "cca" ? LINEAR_BOOT_ARM64 : LINEAR_BOOT) : LINEAR_DECRYPTED;
}

/** Who chose what the device has in its address or its I/O page table. @param coherent the memory is of dma_alloc_*() */
export function dma_chooser(k: Linux, path: DevicePath, coherent: boolean): Chooser {
  if (use_dma_iommu(k)) return DEVICE_IOMMU;
  if (coherent) return DEVICE_COHERENT;
  return is_swiotlb_buffer(k, physToPfn(path.pa)) ? DEVICE_BOUNCED : DEVICE_STREAMING;
}
