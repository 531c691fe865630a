// SPDX-License-Identifier: MIT
/** arch/x86/mm/mem_encrypt.c */

import { DMA_BIT_MASK } from "../../base/index.ts";
import { has, type Linux } from "../linux.ts";
import { cc_platform_has, is_realm_world, sme_me_bit } from "./coco-core.ts";

/** The smaller of two limits of which 0 means none. @ref include/linux/minmax.h */
export function min_not_zero(a: number, b: number): number {
  return a === 0 ? b : b === 0 ? a : Math.min(a, b);
}

/**
 * A proposal of 2026: a device that the guest has accepted (TDISP) reaches private memory, so nothing is bounced or
 * decrypted for it. False in 6.12, which has no such notion.
 */
export function device_cc_accepted(k: Linux): boolean {
  return k.configuration.platform.guest && k.machine.deviceAccepted && has(k, "device_cc_accepted");
}

/**
 * True where the DMA layer must hand out decrypted memory: always in an encrypted guest; on an SME host when the
 * device's coherent mask (or bus limit) does not reach the C-bit.   @ref arch/x86/mm/mem_encrypt.c:20-43 (force_dma_unencrypted)
 * On arm64 nothing is asked for in 6.12; with realm support is_realm_world() decides (mainline arch/arm64/include/asm/mem_encrypt.h).
 */
export function force_dma_unencrypted(k: Linux): boolean {
  if (device_cc_accepted(k)) return false;
  if (is_realm_world(k)) return true;
  if (cc_platform_has(k, "CC_ATTR_GUEST_MEM_ENCRYPT")) return true;
  if (cc_platform_has(k, "CC_ATTR_HOST_MEM_ENCRYPT") && has(k, "9087c37584fb")) {
    const dma_enc_mask = DMA_BIT_MASK(sme_me_bit(k));
    const dma_dev_mask = min_not_zero(k.dev.coherent_dma_mask, k.dev.bus_dma_limit);
    if (dma_dev_mask <= dma_enc_mask) return true;
  }
  return false;
}
