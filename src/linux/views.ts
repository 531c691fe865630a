// SPDX-License-Identifier: MIT
/** Where the model has a page mapped, and which modelled function chose each mapping's attribute. */

import { PAGE_SIZE, physToPfn, virtAddr, type VirtAddr } from "../base/index.ts";
import { type Chooser, type Choosers, type CpuAlias, type Mappings, type View, viewsOfPage } from "../kernel/index.ts";
import { use_dma_iommu } from "./dma/mapping.ts";
import { is_swiotlb_buffer } from "./dma/swiotlb.ts";
import { BUF_NONE, MAX_BUFS } from "./layout.ts";
import type { Linux } from "./linux.ts";
import { linear_address } from "./mm/page-tables.ts";
import { buf_get, buf_virtual, KMAP_KMAP, KMAP_NONE, tt_dma_address, tt_page } from "./bufs.ts";
import { user_address } from "./ttm/bo-vm.ts";

const LINEAR_BOOT: Chooser = { function: "PAGE_KERNEL", file: "arch/x86/include/asm/pgtable_types.h:251" };
const LINEAR_DECRYPTED: Chooser = { function: "dma_direct_alloc -> set_memory_decrypted", file: "kernel/dma/direct.c:290" };
const DEVICE_IOMMU: Chooser = { function: "iommu_v1_map_pages", file: "drivers/iommu/amd/io_pgtable.c:386" };
const DEVICE_COHERENT: Chooser = { function: "phys_to_dma_direct", file: "kernel/dma/direct.c:25" };
const DEVICE_STREAMING: Chooser = { function: "dma_direct_map_page", file: "kernel/dma/direct.h:83" };
const DEVICE_BOUNCED: Chooser = { function: "swiotlb_map", file: "kernel/dma/swiotlb.c:1599" };

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

/** The model's mappings, as the contract's accesses use them. */
export function model_mappings(k: Linux): Mappings {
  return {
    cpu: (bo, page, alias) => {
      const va = alias_address(k, bo, page, alias);
      return va === null ? null : { root: k.pgd, va };
    },
    frame: (bo, page) => tt_page(k, bo, page),
    device: (bo, page) => (buf_get(k, bo, "device_mapped") === 0 ? null : { address: tt_dma_address(k, bo, page), domain: k.iommu }),
  };
}

function model_choosers(k: Linux, bo: number): Choosers {
  const linear = (cBit: boolean): Chooser => (k.configuration.platform.cBit < 0 || cBit !== k.configuration.platform.setMeansShared ? LINEAR_BOOT : LINEAR_DECRYPTED);
  return {
    cpu: (kind, _place, t) => (kind === "linear" || (kind === "kmap" && buf_get(k, bo, "kmap_type") === KMAP_KMAP) ? linear(t.cBit) : k.policy.chooser),
    device: (_place, path) => {
      if (use_dma_iommu(k)) return DEVICE_IOMMU;
      if (k.use_dma_alloc) return DEVICE_COHERENT;
      return is_swiotlb_buffer(k, physToPfn(path.pa)) ? DEVICE_BOUNCED : DEVICE_STREAMING;
    },
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
    for (let page = 0; page < buf_get(k, bo, "num_pages"); page++) views.push(...viewsOfPage(k.machine, device, mappings, choosers, bo, page));
  }
  return views;
}
