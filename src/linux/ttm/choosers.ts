// SPDX-License-Identifier: MIT
/** Which function chose the attribute of a buffer object's mappings, for reports. */

import type { Chooser, Choosers } from "../../kernel/index.ts";
import { buf_get, is_userptr, KMAP_KMAP } from "../bufs.ts";
import { dma_chooser, linear_chooser } from "../choosers.ts";
import type { Linux } from "../linux.ts";
import { TTM_PL_VRAM } from "./resource.ts";
import { tt_is_external } from "./tt.ts";

const DEVICE_VRAM: Chooser = { function: "the device", file: "its own memory" };
const IOREMAP: Chooser = { function: "__ioremap_caller", file: "arch/x86/mm/ioremap.c:185" };
const IOREMAP_ARM64: Chooser = { function: "__ioremap_prot", file: "arch/arm64/mm/ioremap.c:17" };
const IO_FAULT: Chooser = { function: "ttm_bo_vm_fault_reserved", file: "drivers/gpu/drm/ttm/ttm_bo_vm.c:238" };
const PROCESS: Chooser = { function: "vm_get_page_prot", file: "arch/x86/mm/pgprot.c:35" };
const PROCESS_ARM64: Chooser = { function: "vm_get_page_prot", file: "arch/arm64/mm/mmap.c:84" };

/** The choosers of a buffer object's views. */
export function bo_choosers(k: Linux, bo: number): Choosers {
  const realm = k.configuration.platform.encryption === "cca";
  const vram = buf_get(k, bo, "mem_type") === TTM_PL_VRAM;
  return {
    cpu: (kind, _place, t) => {
      if (vram) return kind === "user" ? IO_FAULT : realm ? IOREMAP_ARM64 : IOREMAP;
      if (kind === "user") return is_userptr(k, bo) ? (realm ? PROCESS_ARM64 : PROCESS) : (k.policy.user_chooser ?? k.policy.chooser);
      if (kind === "linear" || (kind === "kmap" && buf_get(k, bo, "kmap_type") === KMAP_KMAP)) return linear_chooser(k, t.cBit);
      return k.policy.kernel_chooser ?? k.policy.chooser;
    },
    device: (_place, path) => {
      if (vram) return DEVICE_VRAM;
      return dma_chooser(k, path, k.use_dma_alloc && !tt_is_external(k, bo));
    },
  };
}
