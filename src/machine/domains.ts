// SPDX-License-Identifier: MIT
/**
 * The domain that data is stored in: under which key, if any, the bytes in DRAM make sense.
 * Refs: Documentation/arch/x86/amd-memory-encryption.rst:9-40 (host key, VM key, plain accesses), Documentation/arch/x86/tdx.rst:16-25 (TD),
 * RMM specification DEN0137 A2.2 (realm).
 */

/** Bytes in DRAM are the plain text. */
export const DOMAIN_PLAIN = 0;
/** Bytes in DRAM are encrypted with the host's SME key. */
export const DOMAIN_HOST = 1;
/** Bytes in DRAM are encrypted with the VM's key (one ASID). */
export const DOMAIN_VM = 2;

/** Private memory of an Intel TD (its HKID). */
export const DOMAIN_TD = 3;
/** Private memory of an Arm realm. */
export const DOMAIN_REALM = 4;

/** No agent's: contents that were lost when the page changed its owner. Every reader gets garbage. */
export const DOMAIN_LOST = 5;

export type Domain = typeof DOMAIN_PLAIN | typeof DOMAIN_HOST | typeof DOMAIN_VM | typeof DOMAIN_TD | typeof DOMAIN_REALM | typeof DOMAIN_LOST;

const NAMES: Readonly<Record<Domain, string>> = {
  [DOMAIN_PLAIN]: "plain",
  [DOMAIN_HOST]: "host key",
  [DOMAIN_VM]: "VM key",
  [DOMAIN_TD]: "TD key",
  [DOMAIN_REALM]: "realm key",
  [DOMAIN_LOST]: "nobody's key",
};

/** The name reports use. */
export function domainName(domain: Domain): string {
  return NAMES[domain];
}
