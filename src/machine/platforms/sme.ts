// SPDX-License-Identifier: MIT
/**
 * AMD Secure Memory Encryption on the host: one key, chosen per access by the C-bit of the address.
 * A device that emits the C-bit (or whose IOMMU entry holds it) has its DMA decrypted by the memory controller; one
 * that does not sees the raw bytes. Neither faults.
 */

import { DOMAIN_HOST, DOMAIN_PLAIN, type Domain } from "../domains.ts";
import { NO_OWNERSHIP, type Platform } from "./platform.ts";

interface SmeFacts {
  readonly name: string;
  readonly title: string;
  /** CPUID 8000001F EBX[5:0]. */
  readonly cBit: number;
  /** CPUID 8000001F EAX[10]. */
  readonly smeCoherent: boolean;
  readonly cpuid: string;
}

function sme(facts: SmeFacts): Platform {
  const byCBit = (set: boolean): Domain => (set ? DOMAIN_HOST : DOMAIN_PLAIN);
  return {
    name: facts.name,
    title: facts.title,
    encryption: "sme",
    sevFeatures: [],
    cBit: facts.cBit,
    setMeansShared: false,
    bitName: "C",
    smeCoherent: facts.smeCoherent,
    guest: false,
    ...NO_OWNERSHIP,
    iommuModes: ["off", "identity", "translated"],
    defaultIommu: null,
    cpuDomain: byCBit,
    deviceDomain: byCBit,
    refs: [
      "Documentation/arch/x86/amd-memory-encryption.rst:9-82",
      "arch/x86/mm/mem_encrypt_identity.c:493-568 (sme_me_mask)",
      facts.cpuid,
    ],
  };
}

/** Naples and Rome (family 17h). */
export const smeZen2: Platform = sme({
  name: "sme-zen2",
  title: "AMD SME host, Zen 2 (C-bit 47)",
  cBit: 47,
  smeCoherent: false,
  cpuid: "CPUID 8000001F of family 17h: EAX 0001000f, EBX 0000016f",
});

/** Milan (family 19h). */
export const smeZen3: Platform = sme({
  name: "sme-zen3",
  title: "AMD SME host, Zen 3 (C-bit 51)",
  cBit: 51,
  smeCoherent: true,
  cpuid: "CPUID 8000001F of family 19h model 01h: EAX 0101fd3f, EBX 00004173",
});

/**
 * Genoa (family 19h, models 10h and up). No raw CPUID dump was at hand: the C-bit and the reduction of six bits are as a
 * kernel printed them on such a part.
 * ASSUMED (may miss bugs): EAX[10] is set, as on Zen 3.
 */
export const smeZen4: Platform = sme({
  name: "sme-zen4",
  title: "AMD SME host, Zen 4 (C-bit 51)",
  cBit: 51,
  smeCoherent: true,
  cpuid: "CPUID 8000001F of family 19h model 11h: cbitpos 51, reduced-phys-bits 6",
});
