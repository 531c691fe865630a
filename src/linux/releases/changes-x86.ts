// SPDX-License-Identifier: MIT
/** Changes of arch/x86, arch/arm64 and memory management. */

import type { Change } from "./changes.ts";

export const X86_CHANGES: readonly Change[] = [
  {
    id: "9087c37584fb",
    title: "dma-direct: Force unencrypted DMA under SME for certain DMA masks",
    in61: true,
    in612: true,
    asks: "force_dma_unencrypted",
  },
  {
    id: "812b0597fb40",
    title: "x86/hyperv: Change vTOM handling to use standard coco mechanisms",
    in61: false,
    in612: true,
    asks: "boot (without it, guests with vTOM are not modelled)",
  },
  {
    id: "82ace185017f",
    title: "x86/mm/cpa: Warn for set_memory_XXcrypted() VMM fails",
    in61: false,
    in612: true,
    asks: "__set_memory_enc_pgtable",
  },
  {
    id: "99c5c4c60e0d",
    title: "x86/mm: Make x86_platform.guest.enc_status_change_*() return an error",
    in61: false,
    in612: true,
    asks: "__set_memory_enc_pgtable",
  },
  {
    id: "859e63b789d6",
    title: "x86/tdx: Convert shared memory back to private on kexec",
    in61: false,
    in612: true,
    asks: "kernel_kexec",
  },
  {
    id: "3074152e56c9",
    title: "x86/sev: Convert shared memory back to private on kexec",
    in61: false,
    in612: false,
    proposed: true,
    asks: "kernel_kexec",
  },
  {
    id: "42be24a4178f",
    title: "arm64: Enable memory encrypt for Realms (with the rest of that series)",
    in61: false,
    in612: false,
    proposed: true,
    asks: "is_realm_world: set_memory_*, cc_platform_has, force_dma_unencrypted, swiotlb",
  },
  {
    id: "f8f6ae5d077a",
    title: "mm: always have io_remap_pfn_range() set pgprot_decrypted()",
    in61: true,
    in612: true,
    asks: "io_remap_pfn_range",
  },
  {
    id: "devmem_drop_cc",
    title: "x86/devmem: Drop /dev/mem access for confidential guests",
    link: "20250430024622.1134277-3-dan.j.williams@intel.com",
    in61: false,
    in612: false,
    proposed: true,
    asks: "user_map of RAM",
  },
  {
    id: "device_cc_accepted",
    title: "an accepted device (TDISP) reaches private memory: neither decrypted nor bounced",
    link: "20260225053806.3311234-7-aik@amd.com",
    in61: false,
    in612: false,
    proposed: true,
    asks: "force_dma_unencrypted, is_swiotlb_force_bounce",
  },
];
