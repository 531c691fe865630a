// SPDX-License-Identifier: MIT
/**
 * Intel TDX guests: the top bit of the guest physical address means shared. Private memory is encrypted with the TD's
 * key and reached through the secure EPT; a wrong attribute ends in an exception or in the guest's death.
 * SEPT_VE_DISABLE is set, without which Linux does not boot: an access to a page that was never accepted is a TD exit, no #VE.
 * ASSUMED (may report false bugs): DMA of a device that is not accepted to private memory is aborted; reads might as well give
 * something else than the plain text.
 */

import { DOMAIN_PLAIN, DOMAIN_TD } from "../domains.ts";
import { PAGE_PRIVATE, PAGE_SHARED } from "../page-state.ts";
import type { Platform } from "./platform.ts";

/** @param gpaw guest physical address width; the shared bit is the one below. Ref: arch/x86/coco/tdx/tdx.c:267-275 */
function tdx(name: string, gpaw: 48 | 52): Platform {
  return {
    name,
    title: `Intel TDX guest (GPAW ${gpaw}, shared bit ${gpaw - 1})`,
    encryption: "tdx",
    sevFeatures: [],
    cBit: gpaw - 1,
    setMeansShared: true,
    bitName: "S",
    smeCoherent: true,
    guest: true,
    ownership: "sept",
    teeIo: true,
    acceptZeroes: true,
    iommuModes: ["off", "identity", "translated"],
    defaultIommu: "off",
    cpuDomain: (set) => (set ? DOMAIN_PLAIN : DOMAIN_TD),
    deviceDomain: (set, accepted) => (accepted && !set ? DOMAIN_TD : DOMAIN_PLAIN),
    cpuFault: (set, state) => {
      if (!set) return state === PAGE_PRIVATE ? null : "td-exit";
      return state === PAGE_SHARED ? null : "ve-mmio";
    },
    // An accepted device's DMA (TDX Connect, T=1) walks the secure EPT as the CPU does; others reach shared pages only.
    deviceFault: (set, state, _write, accepted) => {
      if (accepted && !set) return state === PAGE_PRIVATE ? null : "dma-abort";
      return state === PAGE_SHARED ? null : "dma-abort";
    },
    // The host's KeyID has no integrity checks: reads give something else than the plain text, full lines can be written.
    // SIMPLIFIED (may miss bugs): a partial write of a line does not poison it, so nobody gets a machine check on the next read.
    hostFault: () => null,
    refs: ["arch/x86/coco/tdx/tdx.c:1025-1058", "arch/x86/coco/tdx/tdx.c:217-251 (disable_sept_ve)", "Documentation/arch/x86/tdx.rst:152-172,293-330"],
  };
}

export const tdx48: Platform = tdx("tdx", 48);
export const tdx52: Platform = tdx("tdx-gpaw52", 52);
