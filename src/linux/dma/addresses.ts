// SPDX-License-Identifier: MIT
/** include/linux/dma-direct.h: physical addresses as devices see them, and back. */

import { clearBit, type DmaAddr, dmaAddr, type PhysAddr, physAddr, setBit } from "../../base/index.ts";
import { has, type Linux } from "../linux.ts";
import { is_realm_world, sme_clr, sme_set } from "../x86/coco-core.ts";
import { device_cc_accepted, force_dma_unencrypted, min_not_zero } from "../x86/mem-encrypt.ts";

/** No address: every bit set in the kernel. @ref include/linux/dma-mapping.h */
export const DMA_MAPPING_ERROR: DmaAddr = dmaAddr(-1);

/** What a bus address that no range covers is translated to. @ref include/linux/dma-direct.h:43-57 (translate_dma_to_phys) */
export const NO_PHYS: PhysAddr = physAddr(-1);

/** Bytes from a CPU address to the bus address (dev->dma_range_map with one region). */
const range_offset = (k: Linux): number => k.driver.rangeOffset ?? 0;

/** True where a realm addresses shared memory by its alias: Linux 6.15 and later (commit 7d953a062416). */
function aliased_dma(k: Linux): boolean {
  return is_realm_world(k) && has(k, "7d953a062416");
}

/** @ref include/linux/dma-direct.h:26-41 (translate_phys_to_dma) */
function translate_phys_to_dma(k: Linux, paddr: PhysAddr): number {
  return paddr + range_offset(k);
}

/** The region ends below the lowest attribute bit, so that an address which holds one is not in it. @ref include/linux/dma-direct.h:43-57 */
function translate_dma_to_phys(k: Linux, address: number): PhysAddr {
  const offset = range_offset(k);
  return address < offset || has_c_bit(k, dmaAddr(address)) ? NO_PHYS : physAddr(address - offset);
}

/** The address of memory that is known to be unencrypted; in a realm its alias with the top bit. @ref include/linux/dma-direct.h:81-87 */
export function phys_to_dma_unencrypted(k: Linux, paddr: PhysAddr): DmaAddr {
  const address = translate_phys_to_dma(k, paddr);
  return dmaAddr(aliased_dma(k) ? setBit(address, k.configuration.platform.cBit) : address);
}

/** With the C-bit where memory encryption is on; without it for an accepted device. @ref include/linux/dma-direct.h:95-98 */
export function phys_to_dma(k: Linux, paddr: PhysAddr): DmaAddr {
  const address = translate_phys_to_dma(k, paddr);
  return dmaAddr(device_cc_accepted(k) ? address : sme_set(k, address));
}

/**
 * The C-bit is cleared after the ranges were looked at, which then do not cover the address; the other way round with
 * commit c380931712d1.   @ref include/linux/dma-direct.h:100-110 (dma_to_phys)
 */
export function dma_to_phys(k: Linux, address: DmaAddr): PhysAddr {
  if (aliased_dma(k)) return translate_dma_to_phys(k, clearBit(address, k.configuration.platform.cBit));
  if (range_offset(k) === 0) return physAddr(sme_clr(k, address));
  if (has(k, "c380931712d1")) return translate_dma_to_phys(k, sme_clr(k, address));
  const paddr = translate_dma_to_phys(k, address);
  return paddr === NO_PHYS ? NO_PHYS : physAddr(sme_clr(k, paddr));
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

/** True where a DMA address holds the attribute bit. */
export function has_c_bit(k: Linux, address: DmaAddr): boolean {
  const bit = k.configuration.platform.cBit;
  return bit >= 0 && clearBit(address, bit) !== address;
}
