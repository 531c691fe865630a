// SPDX-License-Identifier: MIT
/**
 * drivers/iommu/dma-iommu.c: streaming DMA through a translated domain. Nothing bounces but the unaligned buffers of an
 * untrusted device.
 */

import { assert, type DmaAddr, dmaAddr, hex, PAGE_SIZE, pageOffset, type Pfn, pfn, type PhysAddr, physAddr, physToPfn, type VirtAddr } from "../../base/index.ts";
import type { DmaDirection } from "../../kernel/index.ts";
import { amd_iommu_domain_alloc, IOMMU_MMIO, IOMMU_READ, IOMMU_WRITE, iommu_iova_to_phys, iommu_v1_map_page, iommu_v1_unmap_page, preallocate_io_tables } from "../iommu/amd-io-pgtable.ts";
import { has, injected, type Linux, note, put, warn } from "../linux.ts";
import { vmf_insert_pfn_prot } from "../mm/memory.ts";
import { find_clear_run } from "../mm/vmalloc.ts";
import { min_not_zero } from "../x86/mem-encrypt.ts";
import { vm_get_page_prot } from "../x86/pgtable.ts";
import { DMA_MAPPING_ERROR } from "./addresses.ts";
import { memzero_phys } from "./copy.ts";
import { type DmaAttrs, is_swiotlb_active, swiotlb_max_mapping_size, swiotlb_sync_single_for_cpu, swiotlb_sync_single_for_device, swiotlb_tbl_map_single, swiotlb_tbl_unmap_single } from "./swiotlb.ts";

/** I/O virtual pages that the model hands out: the window of one I/O page table. */
const IOVA_PAGES = 32;
const MASK_32 = 2 ** 32 - 1;

/** Attaches the device to a translated default domain. */
export function iommu_setup_dma_ops(k: Linux): void {
  k.iommu = amd_iommu_domain_alloc(k);
}

/**
 * Where I/O virtual addresses begin: they end below 4 GiB, since PCI devices get 32-bit addresses first, from the top, or where
 * the device's masks end before.   @ref drivers/iommu/dma-iommu.c:764-808 (iommu_dma_alloc_iova)
 * SIMPLIFIED (may report false bugs): one window for both masks, and none above 4 GiB once it is full.
 */
function iova_base(k: Linux): number {
  const limit = Math.min(min_not_zero(k.dev.coherent_dma_mask, k.dev.bus_dma_limit), min_not_zero(k.dev.dma_mask, k.dev.bus_dma_limit), MASK_32);
  return limit + 1 - IOVA_PAGES * PAGE_SIZE;
}

/** The device has its masks: makes the tables for its addresses, which a kernel makes at the first mapping. */
export function iommu_dma_ready(k: Linux): void {
  if (k.iommu !== null) preallocate_io_tables(k, k.iommu, dmaAddr(iova_base(k)));
}

/** @ref drivers/iommu/dma-iommu.c:744-762 (dma_info_to_prot) */
function dma_info_to_prot(dir: DmaDirection): number {
  if (dir === "bidirectional") return IOMMU_READ | IOMMU_WRITE;
  return dir === "to_device" ? IOMMU_READ : IOMMU_WRITE;
}

/** Maps frames at neighbouring I/O virtual addresses. @ref drivers/iommu/dma-iommu.c:845-878 (__iommu_dma_map) */
function iommu_map_frames(k: Linux, frames: readonly Pfn[], prot: number, dma_mask: number): DmaAddr {
  assert(k.iommu !== null, "model: no translated domain");
  const at = find_clear_run(k.s[k.layout.iova]!, frames.length);
  const iova = dmaAddr(iova_base(k) + at * PAGE_SIZE);
  if (at < 0 || iova + frames.length * PAGE_SIZE - 1 > min_not_zero(dma_mask, k.dev.bus_dma_limit)) return DMA_MAPPING_ERROR;
  if (injected(k, "iommu_map")) return DMA_MAPPING_ERROR;
  frames.forEach((frame, i) => {
    put(k, k.layout.iova, (k.s[k.layout.iova]! | (1 << (at + i))) >>> 0);
    iommu_v1_map_page(k, k.iommu!, dmaAddr(iova + i * PAGE_SIZE), frame, prot);
  });
  return iova;
}

/** For memory of the DMA layer's own: read and write. */
export function iommu_dma_map_frames(k: Linux, frames: readonly Pfn[], dma_mask: number): DmaAddr {
  return iommu_map_frames(k, frames, IOMMU_READ | IOMMU_WRITE, dma_mask);
}

function __iommu_dma_map(k: Linux, phys: PhysAddr, size: number, prot: number): DmaAddr {
  const offset = pageOffset(phys);
  const pages = Math.ceil((offset + size) / PAGE_SIZE);
  const iova = iommu_map_frames(k, Array.from({ length: pages }, (_, i) => pfn(physToPfn(phys) + i)), prot, k.dev.dma_mask);
  return iova === DMA_MAPPING_ERROR ? iova : dmaAddr(iova + offset);
}

/** @ref drivers/iommu/dma-iommu.c:822-843 (__iommu_dma_unmap) */
export function __iommu_dma_unmap(k: Linux, address: DmaAddr, size: number): void {
  assert(k.iommu !== null, "model: no translated domain");
  const offset = pageOffset(address);
  const at = (address - offset - iova_base(k)) / PAGE_SIZE;
  for (let i = 0; i < Math.ceil((offset + size) / PAGE_SIZE); i++) {
    put(k, k.layout.iova, (k.s[k.layout.iova]! & ~(1 << (at + i))) >>> 0);
    iommu_v1_unmap_page(k, k.iommu, dmaAddr(iova_base(k) + (at + i) * PAGE_SIZE));
  }
}

/** @ref drivers/iommu/dma-iommu.c:601-612 (dev_is_untrusted) */
const dev_is_untrusted = (k: Linux): boolean => k.driver.untrusted === true;

/**
 * What lies around a bounced buffer in its pages is cleared, so that the device finds nothing of somebody else there. Before
 * commit 2650073f1b58 only what lies behind, and the buffer itself where the device is to write it.
 * @ref drivers/iommu/dma-iommu.c:1191-1207 (dev_is_untrusted)
 */
function clear_padding(k: Linux, phys: PhysAddr, size: number, dir: DmaDirection, attrs: DmaAttrs): void {
  if (!has(k, "2650073f1b58")) {
    const keep = attrs.skip_cpu_sync !== true && dir !== "from_device" ? size : 0;
    memzero_phys(k, phys + keep, Math.ceil(size / PAGE_SIZE) * PAGE_SIZE - keep);
    return;
  }
  const end = phys + size;
  memzero_phys(k, phys - pageOffset(phys), pageOffset(phys));
  memzero_phys(k, end, Math.ceil(end / PAGE_SIZE) * PAGE_SIZE - end);
}

/** A bounce buffer for an unaligned mapping; null where there is none. */
function bounced(k: Linux, phys: PhysAddr, size: number, dir: DmaDirection, attrs: DmaAttrs): PhysAddr | null {
  if (!is_swiotlb_active(k)) {
    note(k, "iommu_dma_map_page", "drivers/iommu/dma-iommu.c:1178", "DMA bounce buffers are inactive, unable to map unaligned transaction");
    return null;
  }
  const slot = swiotlb_tbl_map_single(k, phys, size, PAGE_SIZE - 1, dir, attrs);
  if (slot === (DMA_MAPPING_ERROR as number)) return null;
  clear_padding(k, slot, size, dir, attrs);
  return slot;
}

/** Maps memory for streaming: in place, or a bounce buffer's copy of what an untrusted device may not see the pages of. @ref drivers/iommu/dma-iommu.c:1163-1217 (iommu_dma_map_page) */
export function iommu_dma_map_page(k: Linux, phys: PhysAddr, size: number, dir: DmaDirection, attrs: DmaAttrs): DmaAddr {
  const unaligned = pageOffset(phys) !== 0 || size % PAGE_SIZE !== 0;
  const target = dev_is_untrusted(k) && unaligned ? bounced(k, phys, size, dir, attrs) : phys;
  if (target === null) return DMA_MAPPING_ERROR;
  const handle = __iommu_dma_map(k, target, size, dma_info_to_prot(dir));
  if (handle === DMA_MAPPING_ERROR) swiotlb_tbl_unmap_single(k, target, size, dir, attrs);
  else note(k, "iommu_dma_map_page", "drivers/iommu/dma-iommu.c:1163", `pfn ${hex(physToPfn(target))} mapped at IOVA ${hex(handle)}`);
  return handle;
}

function iova_to_phys(k: Linux, address: DmaAddr): PhysAddr | null {
  assert(k.iommu !== null, "model: no translated domain");
  const page = iommu_iova_to_phys(k, k.iommu, address);
  return page === null ? null : physAddr(page + pageOffset(address));
}

/** Ends a streaming mapping. @ref drivers/iommu/dma-iommu.c:1219-1236 (iommu_dma_unmap_page) */
export function iommu_dma_unmap_page(k: Linux, address: DmaAddr, size: number, dir: DmaDirection, attrs: DmaAttrs): void {
  const phys = iova_to_phys(k, address);
  if (phys === null) {
    warn(k, "iommu_dma_unmap_page", "drivers/iommu/dma-iommu.c:1226", `no mapping at IOVA ${hex(address)}`);
    return;
  }
  __iommu_dma_unmap(k, address, size);
  swiotlb_tbl_unmap_single(k, phys, size, dir, attrs);
}

/** @ref drivers/iommu/dma-iommu.c:1103-1116 (iommu_dma_sync_single_for_cpu) */
export function iommu_dma_sync_single_for_cpu(k: Linux, address: DmaAddr, size: number, dir: DmaDirection): void {
  const phys = dev_is_untrusted(k) ? iova_to_phys(k, address) : null;
  if (phys !== null) swiotlb_sync_single_for_cpu(k, phys, size, dir);
}

/** @ref drivers/iommu/dma-iommu.c:1118-1131 (iommu_dma_sync_single_for_device) */
export function iommu_dma_sync_single_for_device(k: Linux, address: DmaAddr, size: number, dir: DmaDirection): void {
  const phys = dev_is_untrusted(k) ? iova_to_phys(k, address) : null;
  if (phys !== null) swiotlb_sync_single_for_device(k, phys, size, dir);
}

/** Maps another device's memory; the IOMMU driver is told that it is MMIO. @ref drivers/iommu/dma-iommu.c:1562-1569 (iommu_dma_map_resource) */
export function iommu_dma_map_resource(k: Linux, phys: PhysAddr, size: number): DmaAddr {
  const handle = __iommu_dma_map(k, phys, size, IOMMU_READ | IOMMU_WRITE | IOMMU_MMIO);
  if (handle !== DMA_MAPPING_ERROR) note(k, "iommu_dma_map_resource", "drivers/iommu/dma-iommu.c:1562", `MMIO at ${hex(phys)} mapped at IOVA ${hex(handle)}`);
  return handle;
}

/** @ref drivers/iommu/dma-iommu.c:1571-1575 (iommu_dma_unmap_resource) */
export function iommu_dma_unmap_resource(k: Linux, address: DmaAddr, size: number): void {
  __iommu_dma_unmap(k, address, size);
}

/** User PTEs over coherent memory, with the vma's protection as it is: encrypted. @ref drivers/iommu/dma-iommu.c:1690-1719 (iommu_dma_mmap) */
export function iommu_dma_mmap(k: Linux, vma: readonly VirtAddr[], frames: readonly Pfn[]): void {
  vma.forEach((address, i) => vmf_insert_pfn_prot(k, address, frames[i]!, vm_get_page_prot(k)));
}

/** @ref drivers/iommu/dma-iommu.c:1760-1766 (iommu_dma_max_mapping_size) */
export function iommu_dma_max_mapping_size(k: Linux): number {
  return dev_is_untrusted(k) && has(k, "afc5aa46ed56") ? swiotlb_max_mapping_size(k) : Infinity;
}

