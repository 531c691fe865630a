// SPDX-License-Identifier: MIT
/** Where the model has a page mapped, and which modelled function chose each mapping's attribute. */

import { PAGE_SIZE, physToPfn, virtAddr, type VirtAddr } from "../base/index.ts";
import { type Chooser, type Choosers, type CpuAlias, type CpuPlace, type DevicePlace, framesOf, type FrameState, type Mappings, type OwnedPage, type View, viewsOfPage } from "../kernel/index.ts";
import type { DevicePath } from "../machine/index.ts";
import { DEVICE_IOMMU, dma_chooser, linear_chooser } from "./choosers.ts";
import { use_dma_iommu } from "./dma/mapping.ts";
import { BUF_BAR, BUF_BO, BUF_COHERENT, BUF_NONE, BUF_PAGES, MAX_BUF_PAGES, MAX_BUFS } from "./layout.ts";
import type { Linux } from "./linux.ts";
import { memory_chooser } from "./memory-views.ts";
import { linear_address } from "./mm/page-tables.ts";
import { is_page_allocation } from "./operations/dma.ts";
import { buf_get, buf_virtual, KMAP_NONE, tt_dma_address, tt_page } from "./bufs.ts";
import { bo_choosers } from "./ttm/choosers.ts";
import { user_address } from "./ttm/bo-vm.ts";
import { bus_address, TTM_PL_TT, TTM_PL_VRAM } from "./ttm/resource.ts";

const DEVICE_RESOURCE: Chooser = { function: "dma_direct_map_resource", file: "kernel/dma/direct.c:507" };
const COHERENT_VMAP: Chooser = { function: "iommu_dma_alloc_remap", file: "drivers/iommu/dma-iommu.c:1014" };
const COHERENT_REMAP: Chooser = { function: "dma_direct_alloc -> dma_common_contiguous_remap", file: "kernel/dma/direct.c:284" };
const MMAP_DIRECT: Chooser = { function: "dma_direct_mmap", file: "kernel/dma/direct.c:542" };
const MMAP_IOMMU: Chooser = { function: "iommu_dma_mmap", file: "drivers/iommu/dma-iommu.c:1690" };
const MMAP_PAGES: Chooser = { function: "dma_mmap_pages", file: "kernel/dma/mapping.c:728" };
const USER_PFN: Chooser = { function: "remap_pfn_range", file: "mm/memory.c:2723" };
const IOREMAP: Chooser = { function: "__ioremap_caller", file: "arch/x86/mm/ioremap.c:185" };
const VMAP: Chooser = { function: "vmap", file: "mm/vmalloc.c:3496" };

function alias_address(k: Linux, bo: number, page: number, alias: CpuAlias): VirtAddr | null {
  const frame = tt_page(k, bo, page);
  if (frame === null) return null;
  switch (alias) {
    case "linear":
      return linear_address(frame);
    case "kmap":
      return buf_get(k, bo, "kmap_type") !== KMAP_NONE && buf_get(k, bo, "kmap_page") === page ? buf_virtual(k, bo, "kmap_virtual") : null;
    case "vmap": {
      const base = buf_virtual(k, bo, "vmap_virtual");
      return base === 0 ? null : virtAddr(base + page * PAGE_SIZE);
    }
    case "coherent":
    case "ioremap": {
      const base = buf_virtual(k, bo, alias === "coherent" ? "coherent_virtual" : "ioremap_virtual");
      return base === 0 ? null : virtAddr(base + page * PAGE_SIZE);
    }
    case "user":
      return ((buf_get(k, bo, "user_ptes") >>> page) & 1) === 1 ? user_address(bo, page) : null;
  }
}

function device_place(k: Linux, buf: number, page: number): DevicePlace | null {
  const address = tt_dma_address(k, buf, page);
  if (buf_get(k, buf, "device_mapped") === 0 || address === 0) return null;
  const offset = buf_get(k, buf, "map_offset");
  return { address: bus_address(k, address), domain: k.iommu, ...(offset > 0 && Math.floor(offset / PAGE_SIZE) === page ? { first: offset % PAGE_SIZE } : {}) };
}

/** The device's page tables have a buffer while it is in TTM_PL_TT or in VRAM. */
function bo_device_place(k: Linux, bo: number, page: number): DevicePlace | null {
  switch (buf_get(k, bo, "mem_type")) {
    case TTM_PL_VRAM:
      return { address: tt_dma_address(k, bo, page), domain: null, local: tt_page(k, bo, page)! };
    case TTM_PL_TT:
      return device_place(k, bo, page);
    default:
      return null;
  }
}

/** The model's mappings, as the contract's accesses use them. */
export function model_mappings(k: Linux): Mappings {
  return {
    cpu: (bo, page, alias) => {
      const va = alias_address(k, bo, page, alias);
      return va === null ? null : { root: k.pgd, va };
    },
    frame: (bo, page) => tt_page(k, bo, page),
    device: (buf, page) => {
      if (buf >= MAX_BUFS || page >= MAX_BUF_PAGES) return null;
      return buf_get(k, buf, "kind") === BUF_BO ? bo_device_place(k, buf, page) : device_place(k, buf, page);
    },
  };
}

/** Who chose the attribute of the address that dma_alloc_*() returned. */
function coherent_chooser(k: Linux, buf: number, place: CpuPlace, linear: Chooser): Chooser {
  const frame = tt_page(k, buf, 0);
  if (frame === null || place.va === linear_address(tt_page(k, buf, Math.floor((place.va - buf_virtual(k, buf, "coherent_virtual")) / PAGE_SIZE))!)) return linear;
  return use_dma_iommu(k) ? COHERENT_VMAP : COHERENT_REMAP;
}

function user_chooser(k: Linux, buf: number): Chooser {
  if (buf_get(k, buf, "kind") !== BUF_COHERENT) return USER_PFN;
  if (is_page_allocation(k, buf)) return MMAP_PAGES;
  return use_dma_iommu(k) ? MMAP_IOMMU : MMAP_DIRECT;
}

function device_chooser(k: Linux, buf: number, path: DevicePath): Chooser {
  if (k.machine.memory.isBar(physToPfn(path.pa))) return use_dma_iommu(k) ? DEVICE_IOMMU : DEVICE_RESOURCE;
  return dma_chooser(k, path, buf_get(k, buf, "kind") === BUF_COHERENT);
}

function model_choosers(k: Linux, bo: number): Choosers {
  const kind_of = buf_get(k, bo, "kind");
  if (kind_of === BUF_BO) return bo_choosers(k, bo);
  if (kind_of === BUF_PAGES || kind_of === BUF_BAR) {
    return { cpu: (kind, _place, t) => memory_chooser(k, bo, kind, t.cBit), device: (_place, path) => device_chooser(k, bo, path) };
  }
  return {
    cpu: (kind, place, t) => {
      switch (kind) {
        case "linear":
          return linear_chooser(k, t.cBit);
        case "coherent":
          return coherent_chooser(k, bo, place, linear_chooser(k, t.cBit));
        case "ioremap":
          return IOREMAP;
        case "kmap":
        case "vmap":
          return VMAP;
        case "user":
          return user_chooser(k, bo);
      }
    },
    device: (_place, path) => device_chooser(k, bo, path),
  };
}

/** All live views, ordered by buffer, page, kind. */
export function all_views(k: Linux): View[] {
  const device = { addressBits: k.driver.dmaMaskBits };
  const mappings = model_mappings(k);
  const views: View[] = [];
  for (let bo = 0; bo < MAX_BUFS; bo++) {
    if (buf_get(k, bo, "kind") === BUF_NONE) continue;
    const choosers = model_choosers(k, bo);
    for (let page = 0; page < buf_get(k, bo, "num_pages"); page++) viewsOfPage(k.machine, device, mappings, choosers, bo, page, views);
  }
  return views;
}

/** The frames behind all buffers, and those that the device uses in their place. @param views all live ones */
export function all_frames(k: Linux, views: readonly View[]): FrameState[] {
  const pages: OwnedPage[] = [];
  for (let buf = 0; buf < MAX_BUFS; buf++) {
    if (buf_get(k, buf, "kind") === BUF_NONE) continue;
    for (let page = 0; page < buf_get(k, buf, "num_pages"); page++) {
      const frame = tt_page(k, buf, page);
      if (frame !== null) pages.push({ buf, page, pfn: frame });
    }
  }
  return framesOf(k.machine, pages, views, (frame) => ({ root: k.pgd, va: linear_address(frame) }));
}
