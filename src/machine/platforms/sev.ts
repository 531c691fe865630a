// SPDX-License-Identifier: MIT
/**
 * AMD SEV guests: one key per VM, chosen per CPU access by the C-bit of the guest's leaf entry. Devices, emulated or
 * passed through, cannot use the VM's key: whatever they address they read and write as raw bytes. SEV-ES adds an encrypted
 * register state, SEV-SNP the reverse map table; with vTOM an address bit takes the place of the C-bit, and means shared.
 * ASSUMED (may report false bugs): the host runs without SME, so that a page that the guest has with C=0 is plain in DRAM.
 */

import { DOMAIN_PLAIN, DOMAIN_VM, type Domain } from "../domains.ts";
import { PAGE_PRIVATE, PAGE_SHARED, type PageState } from "../page-state.ts";
import type { FaultKind } from "../facts/faults.ts";
import { NO_OWNERSHIP, type Platform } from "./platform.ts";

const BASE = {
  encryption: "sev",
  cBit: 51,
  setMeansShared: false,
  bitName: "C",
  smeCoherent: true,
  guest: true,
  iommuModes: ["off", "identity", "translated"],
  defaultIommu: "off",
  cpuDomain: (set: boolean): Domain => (set ? DOMAIN_VM : DOMAIN_PLAIN),
  deviceDomain: (): Domain => DOMAIN_PLAIN,
} as const satisfies Partial<Platform>;

const REFS = ["Documentation/arch/x86/amd-memory-encryption.rst:12-21,56-68", "arch/x86/mm/mem_encrypt_identity.c:531-532 (MSR_AMD64_SEV)"];

export const sev: Platform = { ...BASE, ...NO_OWNERSHIP, name: "sev", title: "AMD SEV guest (C-bit 51)", sevFeatures: [], refs: REFS };

export const sevEs: Platform = { ...BASE, ...NO_OWNERSHIP, name: "sev-es", title: "AMD SEV-ES guest (C-bit 51)", sevFeatures: ["es"], refs: REFS };

/** AMD APM vol. 2 table 15-39: private accesses need an assigned and validated page, shared writes one that is not the guest's. */
function rmpFault(isPrivate: boolean, state: PageState, write: boolean): FaultKind | null {
  if (isPrivate) return state === PAGE_PRIVATE ? null : state === PAGE_SHARED ? "npf-rmp" : "vc-not-validated";
  return write && state !== PAGE_SHARED ? "npf-rmp" : null;
}

/**
 * Reads are not checked: they give ciphertext. An accepted device's DMA (SEV-TIO) runs with the VM's key, whatever bit is
 * in the address, and is checked as the guest's own.
 * ASSUMED (may report false bugs): the secure device table entry has no vTOM, so that an accepted device cannot reach shared pages.
 */
const RMP = {
  ownership: "rmp",
  teeIo: true,
  acceptZeroes: false,
  deviceDomain: (_set: boolean, accepted: boolean): Domain => (accepted ? DOMAIN_VM : DOMAIN_PLAIN),
  deviceFault: (_set: boolean, state: PageState, write: boolean, accepted: boolean): FaultKind | null => {
    if (accepted) return state === PAGE_PRIVATE ? null : "iommu-rmp-fault";
    return write && state !== PAGE_SHARED ? "iommu-rmp-fault" : null;
  },
  hostFault: (state: PageState, write: boolean): FaultKind | null => (write && state !== PAGE_SHARED ? "host-rmp-fault" : null),
} as const satisfies Partial<Platform>;

const RMP_REFS = [...REFS, "AMD APM vol. 2 sec. 15.36.10, table 15-39", "drivers/iommu/amd/iommu.c:796-833 (RMP fault)"];

export const sevSnp: Platform = {
  ...BASE,
  ...RMP,
  name: "sev-snp",
  title: "AMD SEV-SNP guest (C-bit 51)",
  sevFeatures: ["es", "snp"],
  cpuFault: (set, state, write) => rmpFault(set, state, write),
  refs: RMP_REFS,
};

/**
 * SNP under Hyper-V with a virtual top of memory: addresses below the boundary are private.
 * ASSUMED (may report false bugs): the boundary is bit 46 of the guest physical address.
 */
export const sevSnpVtom: Platform = {
  ...BASE,
  ...RMP,
  name: "sev-snp-vtom",
  title: "AMD SEV-SNP guest with vTOM (Hyper-V; boundary bit 46)",
  sevFeatures: ["es", "snp", "vtom"],
  cBit: 46,
  setMeansShared: true,
  bitName: "S",
  cpuDomain: (set) => (set ? DOMAIN_PLAIN : DOMAIN_VM),
  cpuFault: (set, state, write) => rmpFault(!set, state, write),
  refs: [...RMP_REFS, "arch/x86/coco/core.c:40-56,78-80 (vTOM)", "arch/x86/hyperv/ivm.c:543-685"],
};
