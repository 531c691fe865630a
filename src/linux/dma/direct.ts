// SPDX-License-Identifier: MIT
/**
 * kernel/dma/direct.c and direct.h: streaming DMA without an IOMMU, or behind an identity domain, and what masks reach.
 * Devices on x86 are coherent, so no cache is cleaned here.
 */

import { type DmaAddr, dmaAddr, hex, PAGE_SIZE, type Pfn, pfn, pfnToPhys, type PhysAddr, physToPfn, type VirtAddr } from "../../base/index.ts";
import type { DmaDirection } from "../../kernel/index.ts";
import { FRAMES_PER_GIB } from "../layout.ts";
import { has, type Linux, note, warn } from "../linux.ts";
import { vmf_insert_pfn_prot } from "../mm/memory.ts";
import { force_dma_unencrypted } from "../x86/mem-encrypt.ts";
import { pgprot_decrypted, vm_get_page_prot } from "../x86/pgtable.ts";
import { dma_capable, DMA_MAPPING_ERROR, dma_to_phys, NO_PHYS, phys_to_dma, phys_to_dma_unencrypted } from "./addresses.ts";
import { dma_pgprot } from "./pgprot.ts";
import { type DmaAttrs, is_swiotlb_active, is_swiotlb_force_bounce, swiotlb_map, swiotlb_sync_single_for_cpu, swiotlb_sync_single_for_device, swiotlb_tbl_unmap_single } from "./swiotlb.ts";

/** True where the caller's word counts that a buffer is shared already: proposed, DMA_ATTR_CC_SHARED. */
const cc_shared = (k: Linux, attrs: DmaAttrs): boolean => attrs.cc_shared === true && has(k, "dma_attr_cc_shared");

function overflow(k: Linux, fn: string, file: string, address: DmaAddr, size: number): DmaAddr {
  warn(k, fn, file, `DMA addr ${hex(address)}+${size} overflow (mask ${hex(k.dev.dma_mask)}, bus limit ${hex(k.dev.bus_dma_limit)})`);
  return DMA_MAPPING_ERROR;
}

/** Maps memory for streaming: in place, or through swiotlb where forced or where the address is out of reach. @ref kernel/dma/direct.h:83-112 (dma_direct_map_page) */
export function dma_direct_map_page(k: Linux, phys: PhysAddr, size: number, dir: DmaDirection = "bidirectional", attrs: DmaAttrs = {}): DmaAddr {
  const shared = cc_shared(k, attrs);
  const address = shared ? phys_to_dma_unencrypted(k, phys) : phys_to_dma(k, phys);
  if (is_swiotlb_force_bounce(k)) {
    if (!shared) return swiotlb_map(k, phys, size, dir, attrs);
  } else if (shared) {
    return DMA_MAPPING_ERROR;
  }
  if (!dma_capable(k, address, size)) {
    if (is_swiotlb_active(k)) return swiotlb_map(k, phys, size, dir, attrs);
    return overflow(k, "dma_direct_map_page", "kernel/dma/direct.h:104", address, size);
  }
  note(k, "dma_direct_map_page", "kernel/dma/direct.h:83", `pfn ${hex(physToPfn(phys))} mapped in place, DMA address ${hex(address)}`);
  return address;
}

/** @ref kernel/dma/direct.h:69-81 (dma_direct_sync_single_for_cpu) */
export function dma_direct_sync_single_for_cpu(k: Linux, address: DmaAddr, size: number, dir: DmaDirection): void {
  swiotlb_sync_single_for_cpu(k, dma_to_phys(k, address), size, dir);
}

/** @ref kernel/dma/direct.h:57-67 (dma_direct_sync_single_for_device) */
export function dma_direct_sync_single_for_device(k: Linux, address: DmaAddr, size: number, dir: DmaDirection): void {
  swiotlb_sync_single_for_device(k, dma_to_phys(k, address), size, dir);
}

/** Ends a streaming mapping; a bounce slot is copied back unless told not to. @ref kernel/dma/direct.h:114-124 (dma_direct_unmap_page) */
export function dma_direct_unmap_page(k: Linux, address: DmaAddr, size: number, dir: DmaDirection, attrs: DmaAttrs): void {
  if (attrs.skip_cpu_sync !== true) dma_direct_sync_single_for_cpu(k, address, size, dir);
  swiotlb_tbl_unmap_single(k, dma_to_phys(k, address), size, dir, { skip_cpu_sync: true });
}

/** Maps another device's memory: its plain address. @ref kernel/dma/direct.c:507-521 (dma_direct_map_resource) */
export function dma_direct_map_resource(k: Linux, paddr: PhysAddr, size: number): DmaAddr {
  const address = dmaAddr(paddr);
  if (!dma_capable(k, address, size)) return overflow(k, "dma_direct_map_resource", "kernel/dma/direct.c:516", address, size);
  note(k, "dma_direct_map_resource", "kernel/dma/direct.c:507", `MMIO at ${hex(paddr)}, DMA address ${hex(address)}`);
  return address;
}

/** User PTEs over coherent memory, decrypted where the memory is. False where the handle stands for no page. @ref kernel/dma/direct.c:542-564 (dma_direct_mmap) */
export function dma_direct_mmap(k: Linux, vma: readonly VirtAddr[], handle: DmaAddr): boolean {
  const phys = dma_to_phys(k, handle);
  if (phys === NO_PHYS) return false;
  const coherent = dma_pgprot(k, vm_get_page_prot(k));
  const prot = force_dma_unencrypted(k) ? pgprot_decrypted(k, coherent) : coherent;
  vma.forEach((address, i) => vmf_insert_pfn_prot(k, address, pfn(physToPfn(phys) + i), prot));
  return true;
}

/** ZONE_DMA ends at 16 MiB. @ref kernel/dma/direct.c:24 (zone_dma_limit) */
const ZONE_DMA_LIMIT = 2 ** 24 - 1;
const MASK_32 = 2 ** 32 - 1;

/** The last frame of the machine's RAM, max_pfn - 1, whichever of them have room in the state. */
export function last_frame({ configuration: { ramGiB = 2 } }: Linux): Pfn {
  return pfn(ramGiB * FRAMES_PER_GIB - 1);
}

/**
 * Whether a mask will do. 32 bits always do, whatever the addresses look like; with the validation that was proposed in 2026 a
 * mask must reach what shared memory is addressed by.   @ref kernel/dma/direct.c:566-587 (dma_direct_supported)
 */
export function dma_direct_supported(k: Linux, mask: number): boolean {
  if (has(k, "dma_mask_validation") && mask < phys_to_dma_unencrypted(k, pfnToPhys(k.layout.ram.firstPfn))) return false;
  if (mask >= MASK_32) return true;
  const min_mask = Math.min(last_frame(k) * PAGE_SIZE, ZONE_DMA_LIMIT);
  return mask >= phys_to_dma_unencrypted(k, min_mask as PhysAddr);
}
