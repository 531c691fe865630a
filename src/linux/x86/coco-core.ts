// SPDX-License-Identifier: MIT
/** arch/x86/coco/core.c: what the kernel knows of its own encryption. */

import { clearBit, setBit } from "../../base/index.ts";
import type { SevFeature } from "../../machine/index.ts";
import type { Linux } from "../linux.ts";

/** Ref: include/linux/cc_platform.h:22-91. */
export type CcAttr =
  | "CC_ATTR_MEM_ENCRYPT"
  | "CC_ATTR_HOST_MEM_ENCRYPT"
  | "CC_ATTR_GUEST_MEM_ENCRYPT"
  | "CC_ATTR_GUEST_STATE_ENCRYPT"
  | "CC_ATTR_GUEST_UNROLL_STRING_IO"
  | "CC_ATTR_GUEST_SEV_SNP";

function sev_has(k: Linux, feature: SevFeature): boolean {
  return k.configuration.platform.sevFeatures.includes(feature);
}

/** @ref arch/x86/coco/core.c:69-109 amd_cc_platform_has */
function amd_cc_platform_has(k: Linux, attr: CcAttr): boolean {
  const guest = k.configuration.platform.encryption === "sev";
  // arch/x86/coco/core.c:40-56: with vTOM only these two.
  if (sev_has(k, "vtom")) return attr === "CC_ATTR_GUEST_MEM_ENCRYPT" || attr === "CC_ATTR_MEM_ENCRYPT";
  switch (attr) {
    case "CC_ATTR_MEM_ENCRYPT":
      return true;
    case "CC_ATTR_HOST_MEM_ENCRYPT":
      return !guest;
    case "CC_ATTR_GUEST_MEM_ENCRYPT":
      return guest;
    case "CC_ATTR_GUEST_STATE_ENCRYPT":
      return sev_has(k, "es");
    case "CC_ATTR_GUEST_UNROLL_STRING_IO":
      return guest && !sev_has(k, "es");
    case "CC_ATTR_GUEST_SEV_SNP":
      return sev_has(k, "snp");
  }
}

/** @ref arch/x86/coco/core.c:28-38 intel_cc_platform_has */
function intel_cc_platform_has(attr: CcAttr): boolean {
  return attr === "CC_ATTR_GUEST_UNROLL_STRING_IO" || attr === "CC_ATTR_GUEST_MEM_ENCRYPT" || attr === "CC_ATTR_MEM_ENCRYPT";
}

/**
 * True where the platform has the attribute. On arm64 the inline stub answers: false.
 * @ref arch/x86/coco/core.c:111-122
 */
export function cc_platform_has(k: Linux, attr: CcAttr): boolean {
  switch (k.configuration.platform.encryption) {
    case "none":
    case "cca":
      return false;
    case "tdx":
      return intel_cc_platform_has(attr);
    default:
      return amd_cc_platform_has(k, attr);
  }
}

/** The bit of sme_me_mask; -1 where that mask is 0: without SME and SEV, and with vTOM. @ref arch/x86/mm/mem_encrypt_identity.c:493-568 sme_enable */
export function sme_me_bit(k: Linux): number {
  const { encryption, cBit } = k.configuration.platform;
  return (encryption === "sme" || encryption === "sev") && !sev_has(k, "vtom") ? cBit : -1;
}

/** The attribute bit of this boot (cc_mask): -1 where the kernel knows of none. */
export function cc_bit(k: Linux): number {
  return k.configuration.platform.cBit;
}

/** `value` as encrypted mappings have it. @ref arch/x86/coco/core.c:124-144 */
export function cc_mkenc(k: Linux, value: number): number {
  const bit = cc_bit(k);
  if (bit < 0) return value;
  return k.configuration.platform.setMeansShared ? clearBit(value, bit) : setBit(value, bit);
}

/** `value` as decrypted mappings have it. @ref arch/x86/coco/core.c:146-161 */
export function cc_mkdec(k: Linux, value: number): number {
  const bit = cc_bit(k);
  if (bit < 0) return value;
  return k.configuration.platform.setMeansShared ? setBit(value, bit) : clearBit(value, bit);
}

/** @ref include/linux/mem_encrypt.h __sme_set */
export function sme_set(k: Linux, value: number): number {
  const bit = sme_me_bit(k);
  return bit < 0 ? value : setBit(value, bit);
}

/** @ref include/linux/mem_encrypt.h __sme_clr */
export function sme_clr(k: Linux, value: number): number {
  const bit = sme_me_bit(k);
  return bit < 0 ? value : clearBit(value, bit);
}
