// SPDX-License-Identifier: MIT
/** arch/x86/coco/core.c: what the kernel knows of its own encryption. */

import { clearBit, setBit } from "../../base/index.ts";
import type { Linux } from "../linux.ts";

/** Ref: include/linux/cc_platform.h:22-91. */
export type CcAttr = "CC_ATTR_MEM_ENCRYPT" | "CC_ATTR_HOST_MEM_ENCRYPT" | "CC_ATTR_GUEST_MEM_ENCRYPT";

/** True where the platform has the attribute. @ref arch/x86/coco/core.c:69-109 amd_cc_platform_has */
export function cc_platform_has(k: Linux, attr: CcAttr): boolean {
  const { encryption } = k.configuration.platform;
  switch (attr) {
    case "CC_ATTR_MEM_ENCRYPT":
      return encryption !== "none";
    case "CC_ATTR_HOST_MEM_ENCRYPT":
      return encryption === "sme";
    case "CC_ATTR_GUEST_MEM_ENCRYPT":
      return encryption === "sev";
  }
}

/** The attribute bit number of this boot: sme_me_mask is 1 << this, or 0 for -1. @ref arch/x86/mm/mem_encrypt_identity.c:493-568 sme_enable */
export function sme_me_bit(k: Linux): number {
  return k.configuration.platform.cBit;
}

/** `value` as encrypted mappings have it. @ref arch/x86/coco/core.c:124-144 */
export function cc_mkenc(k: Linux, value: number): number {
  const bit = sme_me_bit(k);
  return bit < 0 ? value : setBit(value, bit);
}

/** `value` as decrypted mappings have it. @ref arch/x86/coco/core.c:146-161 */
export function cc_mkdec(k: Linux, value: number): number {
  const bit = sme_me_bit(k);
  return bit < 0 ? value : clearBit(value, bit);
}

/** @ref include/linux/mem_encrypt.h __sme_set */
export const sme_set: typeof cc_mkenc = cc_mkenc;
/** @ref include/linux/mem_encrypt.h __sme_clr */
export const sme_clr: typeof cc_mkdec = cc_mkdec;
