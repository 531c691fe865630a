// SPDX-License-Identifier: MIT
/** Who chose the attribute of the CPU's mappings of pages and of the BAR. */

import type { Chooser, CpuAlias } from "../kernel/index.ts";
import { buf_get } from "./bufs.ts";
import { BUF_BAR } from "./layout.ts";
import type { Linux } from "./linux.ts";

const LINEAR_PRIVATE: Chooser = { function: "PAGE_KERNEL", file: "arch/x86/include/asm/pgtable_types.h:251" };
const LINEAR_SHARED: Chooser = { function: "set_memory_decrypted", file: "arch/x86/mm/pat/set_memory.c:2295" };
const VMAP: Chooser = { function: "vmap", file: "mm/vmalloc.c:3496" };
const IOREMAP: Chooser = { function: "__ioremap_caller", file: "arch/x86/mm/ioremap.c:262" };
const REMAP_PFN_RANGE: Chooser = { function: "remap_pfn_range", file: "mm/memory.c:2723" };
const IO_REMAP_PFN_RANGE: Chooser = { function: "io_remap_pfn_range", file: "include/linux/mm.h:3621" };
const PGPROT_DECRYPTED: Chooser = { function: "pgprot_decrypted", file: "arch/x86/include/asm/pgtable.h:42" };

/** For a mapping of a buffer that is no buffer object. @param cBit the attribute bit that the mapping has */
export function memory_chooser(k: Linux, buf: number, kind: CpuAlias, cBit: boolean): Chooser {
  const { platform } = k.configuration;
  const shared = platform.cBit >= 0 && cBit === platform.setMeansShared;
  switch (kind) {
    case "linear":
    case "coherent":
    case "kmap":
      return shared ? LINEAR_SHARED : LINEAR_PRIVATE;
    case "vmap":
      return shared ? PGPROT_DECRYPTED : VMAP;
    case "ioremap":
      return IOREMAP;
    case "user":
      if (buf_get(k, buf, "kind") === BUF_BAR) return shared ? IO_REMAP_PFN_RANGE : REMAP_PFN_RANGE;
      return shared ? PGPROT_DECRYPTED : REMAP_PFN_RANGE;
  }
}
