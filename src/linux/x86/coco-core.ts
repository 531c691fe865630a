// SPDX-License-Identifier: MIT
/** arch/x86/coco/core.c: what the kernel knows of its own encryption. */

import { clearBit, setBit } from "../../base/index.ts";
import type { SevFeature } from "../../machine/index.ts";
import { has, type Linux } from "../linux.ts";

/** What the answers here depend on: the machine and the release. */
export type Boot = Pick<Linux, "configuration" | "release">;

/** Ref: include/linux/cc_platform.h:22-91. */
export type CcAttr =
  | "CC_ATTR_MEM_ENCRYPT"
  | "CC_ATTR_HOST_MEM_ENCRYPT"
  | "CC_ATTR_GUEST_MEM_ENCRYPT"
  | "CC_ATTR_GUEST_STATE_ENCRYPT"
  | "CC_ATTR_GUEST_UNROLL_STRING_IO"
  | "CC_ATTR_GUEST_SEV_SNP";

function sev_has(k: Boot, feature: SevFeature): boolean {
  return k.configuration.platform.sevFeatures.includes(feature);
}

/** @ref arch/x86/coco/core.c:69-109 amd_cc_platform_has */
function amd_cc_platform_has(k: Boot, attr: CcAttr): boolean {
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

/** True where a realm knows that it is one: Linux 6.13 and later. Mainline: arch/arm64/include/asm/rsi.h is_realm_world(). */
export function is_realm_world(k: Boot): boolean {
  return k.configuration.platform.encryption === "cca" && has(k, "42be24a4178f");
}

/**
 * True where the platform has the attribute. On arm64 the inline stub answers: false; with realm support
 * arch/arm64/kernel/rsi.c answers, and knows CC_ATTR_MEM_ENCRYPT alone.
 * @ref arch/x86/coco/core.c:111-122 (cc_platform_has)
 */
export function cc_platform_has(k: Boot, attr: CcAttr): boolean {
  switch (k.configuration.platform.encryption) {
    case "none":
      return false;
    case "cca":
      return is_realm_world(k) && attr === "CC_ATTR_MEM_ENCRYPT";
    case "tdx":
      return intel_cc_platform_has(attr);
    default:
      return amd_cc_platform_has(k, attr);
  }
}

/** The bit of sme_me_mask; -1 where that mask is 0: without SME and SEV, and with vTOM. @ref arch/x86/mm/mem_encrypt_identity.c:493-568 sme_enable */
export function sme_me_bit(k: Boot): number {
  const { encryption, cBit } = k.configuration.platform;
  return (encryption === "sme" || encryption === "sev") && !sev_has(k, "vtom") ? cBit : -1;
}

/** The attribute bit of this boot (cc_mask; PROT_NS_SHARED in a realm): -1 where the kernel knows of none. */
export function cc_bit(k: Boot): number {
  const { encryption, cBit } = k.configuration.platform;
  return encryption === "cca" && !is_realm_world(k) ? -1 : cBit;
}

/** `value` as encrypted mappings have it. @ref arch/x86/coco/core.c:124-144 */
export function cc_mkenc(k: Boot, value: number): number {
  const bit = cc_bit(k);
  if (bit < 0) return value;
  return k.configuration.platform.setMeansShared ? clearBit(value, bit) : setBit(value, bit);
}

/** `value` as decrypted mappings have it. @ref arch/x86/coco/core.c:146-161 */
export function cc_mkdec(k: Boot, value: number): number {
  const bit = cc_bit(k);
  if (bit < 0) return value;
  return k.configuration.platform.setMeansShared ? setBit(value, bit) : clearBit(value, bit);
}

/** @ref include/linux/mem_encrypt.h __sme_set */
export function sme_set(k: Boot, value: number): number {
  const bit = sme_me_bit(k);
  return bit < 0 ? value : setBit(value, bit);
}

/** @ref include/linux/mem_encrypt.h __sme_clr */
export function sme_clr(k: Boot, value: number): number {
  const bit = sme_me_bit(k);
  return bit < 0 ? value : clearBit(value, bit);
}
