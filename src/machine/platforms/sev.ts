// SPDX-License-Identifier: MIT
/**
 * An AMD SEV guest: one key per VM, chosen per CPU access by the C-bit of the guest's leaf entry. Devices, emulated or
 * passed through, cannot use the VM's key: whatever they address they read and write as raw bytes.
 */

import { DOMAIN_PLAIN, DOMAIN_VM } from "../domains.ts";
import type { Platform } from "./platform.ts";

export const sev: Platform = {
  name: "sev",
  title: "AMD SEV guest (C-bit 51)",
  encryption: "sev",
  cBit: 51,
  smeCoherent: true,
  guest: true,
  iommuModes: ["off", "identity"],
  defaultIommu: "off",
  cpuDomain: (set) => (set ? DOMAIN_VM : DOMAIN_PLAIN),
  deviceDomain: () => DOMAIN_PLAIN,
  refs: [
    "Documentation/arch/x86/amd-memory-encryption.rst:12-21,56-68",
    "arch/x86/mm/mem_encrypt_identity.c:531-532 (MSR_AMD64_SEV)",
  ],
};
