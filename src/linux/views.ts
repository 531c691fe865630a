// SPDX-License-Identifier: MIT
/** What the hardware makes of every live mapping of a buffer's pages, and which kernel function chose its attribute. */

import { formatVirt, hex, PAGE_SIZE, pfn, physToPfn, virtAddr, type VirtAddr } from "../base/index.ts";
import type { Chooser, CpuAlias, View } from "../kernel/index.ts";
import { use_dma_iommu } from "./dma/mapping.ts";
import { is_swiotlb_buffer } from "./dma/swiotlb.ts";
import { MAX_BOS } from "./layout.ts";
import type { Linux } from "./linux.ts";
import { linear_address } from "./mm/page-tables.ts";
import { bo_get, bo_virtual, KMAP_KMAP, KMAP_NONE, tt_dma_address, tt_page } from "./ttm/bo-state.ts";
import { user_address } from "./ttm/bo-vm.ts";
import { ttm_tt_is_populated } from "./ttm/tt.ts";

const LINEAR_BOOT: Chooser = { function: "PAGE_KERNEL", file: "arch/x86/include/asm/pgtable_types.h:251" };
const LINEAR_DECRYPTED: Chooser = { function: "dma_direct_alloc -> set_memory_decrypted", file: "kernel/dma/direct.c:290" };
const DEVICE_IOMMU: Chooser = { function: "iommu_v1_map_pages", file: "drivers/iommu/amd/io_pgtable.c:386" };
const DEVICE_COHERENT: Chooser = { function: "phys_to_dma_direct", file: "kernel/dma/direct.c:25" };
const DEVICE_STREAMING: Chooser = { function: "dma_direct_map_page", file: "kernel/dma/direct.h:83" };
const DEVICE_BOUNCED: Chooser = { function: "swiotlb_map", file: "kernel/dma/swiotlb.c:1599" };

/** The virtual address of a page through an alias; null while there is no such mapping. */
export function alias_address(k: Linux, bo: number, page: number, alias: CpuAlias): VirtAddr | null {
  const frame = tt_page(k, bo, page);
  if (frame === null) return null;
  switch (alias) {
    case "linear":
      return linear_address(frame);
    case "kmap":
      return bo_get(k, bo, "kmap_type") !== KMAP_NONE && bo_get(k, bo, "kmap_page") === page ? bo_virtual(k, bo, "kmap_virtual") : null;
    case "vmap": {
      const base = bo_virtual(k, bo, "vmap_virtual");
      return base === 0 ? null : virtAddr(base + page * PAGE_SIZE);
    }
    case "user":
      return ((bo_get(k, bo, "user_ptes") >>> page) & 1) === 1 ? user_address(bo, page) : null;
  }
}

function linear_chooser(k: Linux, cBit: boolean): Chooser {
  return cBit || k.configuration.platform.cBit < 0 ? LINEAR_BOOT : LINEAR_DECRYPTED;
}

function cpu_view(k: Linux, bo: number, page: number, kind: CpuAlias): View | null {
  const va = alias_address(k, bo, page, kind);
  const t = va === null ? null : k.machine.translate(k.pgd, va);
  if (va === null || t === null) return null;
  const linear = kind === "linear" || (kind === "kmap" && bo_get(k, bo, "kmap_type") === KMAP_KMAP);
  return {
    bo,
    page,
    kind,
    pfn: physToPfn(t.pa),
    address: formatVirt(va),
    cBit: t.cBit,
    domain: k.configuration.platform.cpuDomain(t.cBit),
    cache: t.cache,
    chosenBy: linear ? linear_chooser(k, t.cBit) : k.policy.chooser,
  };
}

function device_view(k: Linux, bo: number, page: number): View | null {
  if (bo_get(k, bo, "device_mapped") === 0) return null;
  const address = tt_dma_address(k, bo, page);
  const path = k.machine.devicePath({ addressBits: k.driver.dmaMaskBits }, k.iommu, address, true);
  if (path.kind === "fault") return null;
  const frame = physToPfn(path.pa);
  const direct = k.use_dma_alloc ? DEVICE_COHERENT : is_swiotlb_buffer(k, frame) ? DEVICE_BOUNCED : DEVICE_STREAMING;
  return {
    bo,
    page,
    kind: "device",
    pfn: pfn(frame),
    address: hex(address),
    cBit: path.cBit,
    domain: path.domain,
    cache: null,
    chosenBy: use_dma_iommu(k) ? DEVICE_IOMMU : direct,
  };
}

/** All live views, ordered by buffer, page, kind. */
export function all_views(k: Linux): View[] {
  const views: View[] = [];
  for (let bo = 0; bo < MAX_BOS; bo++) {
    if (!ttm_tt_is_populated(k, bo)) continue;
    for (let page = 0; page < bo_get(k, bo, "num_pages"); page++) {
      for (const kind of ["linear", "kmap", "vmap", "user"] as const) {
        const view = cpu_view(k, bo, page, kind);
        if (view !== null) views.push(view);
      }
      const device = device_view(k, bo, page);
      if (device !== null) views.push(device);
    }
  }
  return views;
}
