// SPDX-License-Identifier: MIT
/**
 * Arm CCA realms: the top bit of the intermediate physical address means unprotected (shared). Every wrong access ends
 * in an abort or an exit.
 * SIMPLIFIED (may miss bugs): the model's page tables, and all caches, are those of x86-64, and RIPAS DESTROYED does not occur.
 * ASSUMED (may miss bugs): the host never takes a private page away.
 */

import { DOMAIN_PLAIN, DOMAIN_REALM } from "../domains.ts";
import { PAGE_PRIVATE, PAGE_SHARED } from "../page-state.ts";
import type { Platform } from "./platform.ts";

export const cca: Platform = {
  name: "cca",
  title: "Arm CCA realm (IPA width 48, top bit 47)",
  encryption: "cca",
  sevFeatures: [],
  cBit: 47,
  setMeansShared: true,
  bitName: "S",
  smeCoherent: true,
  guest: true,
  ownership: "gpt",
  teeIo: true,
  acceptZeroes: false,
  iommuModes: ["off", "identity"],
  defaultIommu: "off",
  cpuDomain: (set) => (set ? DOMAIN_PLAIN : DOMAIN_REALM),
  deviceDomain: (set, accepted) => (accepted && !set ? DOMAIN_REALM : DOMAIN_PLAIN),
  cpuFault: (set, state) => {
    if (!set) return state === PAGE_PRIVATE ? null : state === PAGE_SHARED ? "sea" : "rec-exit";
    return state === PAGE_SHARED ? null : "rec-exit";
  },
  deviceFault: (set, state, _write, accepted) => {
    if (!set) return accepted && state === PAGE_PRIVATE ? null : "smmu-gpf";
    return state === PAGE_SHARED ? null : "smmu-gpf";
  },
  // A page that is not assigned yet is still a granule of the host's.
  hostFault: (state) => (state === PAGE_PRIVATE ? "gpf" : null),
  refs: ["RMM specification DEN0137 A2.2, A5.2.1, A5.2.9"],
};
