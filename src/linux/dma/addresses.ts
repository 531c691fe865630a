// SPDX-License-Identifier: MIT
/** include/linux/dma-direct.h: physical addresses as devices see them, and back. */

import { clearBit, type DmaAddr, dmaAddr, type PhysAddr, physAddr } from "../../base/index.ts";
import type { Linux } from "../linux.ts";
import { sme_clr, sme_set } from "../x86/coco-core.ts";
import { force_dma_unencrypted, min_not_zero } from "../x86/mem-encrypt.ts";

/** No address: every bit set in the kernel. @ref include/linux/dma-mapping.h */
export const DMA_MAPPING_ERROR: DmaAddr = dmaAddr(-1);

/** @ref include/linux/dma-direct.h:81-87 */
export function phys_to_dma_unencrypted(_k: Linux, paddr: PhysAddr): DmaAddr {
  return dmaAddr(paddr);
}

/** With the C-bit where memory encryption is on. @ref include/linux/dma-direct.h:95-98 */
export function phys_to_dma(k: Linux, paddr: PhysAddr): DmaAddr {
  return dmaAddr(sme_set(k, phys_to_dma_unencrypted(k, paddr)));
}

/** @ref include/linux/dma-direct.h:100-110 */
export function dma_to_phys(k: Linux, address: DmaAddr): PhysAddr {
  return physAddr(sme_clr(k, address));
}

/** The address of coherent memory. @ref kernel/dma/direct.c:25-31 */
export function phys_to_dma_direct(k: Linux, paddr: PhysAddr): DmaAddr {
  return force_dma_unencrypted(k) ? phys_to_dma_unencrypted(k, paddr) : phys_to_dma(k, paddr);
}

/** True where the device's streaming mask covers the whole range, C-bit included. @ref include/linux/dma-direct.h:122-134 */
export function dma_capable(k: Linux, address: DmaAddr, size: number): boolean {
  if (address === DMA_MAPPING_ERROR) return false;
  return address + size - 1 <= min_not_zero(k.dev.dma_mask, k.dev.bus_dma_limit);
}

/** The same question for coherent memory. @ref kernel/dma/direct.c:69-77 */
export function dma_coherent_ok(k: Linux, paddr: PhysAddr, size: number): boolean {
  const address = phys_to_dma_direct(k, paddr);
  return address + size - 1 <= min_not_zero(k.dev.coherent_dma_mask, k.dev.bus_dma_limit);
}

/** True where a DMA address holds the C-bit, for messages. */
export function has_c_bit(k: Linux, address: DmaAddr): boolean {
  const bit = k.configuration.platform.cBit;
  return bit >= 0 && clearBit(address, bit) !== address;
}
