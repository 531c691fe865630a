// SPDX-License-Identifier: MIT
/** Which function chose the attribute of a buffer object's mappings, for reports. */

import { physToPfn } from "../../base/index.ts";
import type { Chooser, Choosers } from "../../kernel/index.ts";
import { buf_get, is_userptr, KMAP_KMAP } from "../bufs.ts";
import { use_dma_iommu } from "../dma/mapping.ts";
import { is_swiotlb_buffer } from "../dma/swiotlb.ts";
import type { Linux } from "../linux.ts";
import { TTM_PL_VRAM } from "./resource.ts";
import { tt_is_external } from "./tt.ts";

const LINEAR_BOOT: Chooser = { function: "PAGE_KERNEL", file: "arch/x86/include/asm/pgtable_types.h:251" };
const LINEAR_DECRYPTED: Chooser = { function: "dma_direct_alloc -> set_memory_decrypted", file: "kernel/dma/direct.c:290" };
const DEVICE_IOMMU: Chooser = { function: "iommu_v1_map_pages", file: "drivers/iommu/amd/io_pgtable.c:386" };
const DEVICE_COHERENT: Chooser = { function: "phys_to_dma_direct", file: "kernel/dma/direct.c:25" };
const DEVICE_STREAMING: Chooser = { function: "dma_direct_map_page", file: "kernel/dma/direct.h:83" };
const DEVICE_BOUNCED: Chooser = { function: "swiotlb_map", file: "kernel/dma/swiotlb.c:1599" };
const DEVICE_VRAM: Chooser = { function: "the device", file: "its own memory" };
const IOREMAP: Chooser = { function: "__ioremap_caller", file: "arch/x86/mm/ioremap.c:185" };
const IO_FAULT: Chooser = { function: "ttm_bo_vm_fault_reserved", file: "drivers/gpu/drm/ttm/ttm_bo_vm.c:238" };
const PROCESS: Chooser = { function: "vm_get_page_prot", file: "arch/x86/mm/pgprot.c:35" };

/** The choosers of a buffer object's views. */
export function bo_choosers(k: Linux, bo: number): Choosers {
  const linear = (cBit: boolean): Chooser => (k.configuration.platform.cBit < 0 || cBit !== k.configuration.platform.setMeansShared ? LINEAR_BOOT : LINEAR_DECRYPTED);
  const vram = buf_get(k, bo, "mem_type") === TTM_PL_VRAM;
  return {
    cpu: (kind, _place, t) => {
      if (vram) return kind === "user" ? IO_FAULT : IOREMAP;
      if (kind === "user") return is_userptr(k, bo) ? PROCESS : (k.policy.user_chooser ?? k.policy.chooser);
      if (kind === "linear" || (kind === "kmap" && buf_get(k, bo, "kmap_type") === KMAP_KMAP)) return linear(t.cBit);
      return k.policy.kernel_chooser ?? k.policy.chooser;
    },
    device: (_place, path) => {
      if (vram) return DEVICE_VRAM;
      if (use_dma_iommu(k)) return DEVICE_IOMMU;
      if (k.use_dma_alloc && !tt_is_external(k, bo)) return DEVICE_COHERENT;
      return is_swiotlb_buffer(k, physToPfn(path.pa)) ? DEVICE_BOUNCED : DEVICE_STREAMING;
    },
  };
}
