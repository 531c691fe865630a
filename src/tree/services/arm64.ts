// SPDX-License-Identifier: MIT
/** What modules for arm64 need of the world besides. */

import { type Service, services } from "./service.ts";

export const ARM64: readonly Service[] = [
  ...services("value", 0, "frames and struct pages are there from the start (guest/common/pages.c), in one zone", "sparse_init free_area_init memblock_free_all memblock_dump_all"),
  ...services("value", 0, "time stands still: runs repeat bit for bit", "sched_clock"),
  ...services("value", 0, "nobody reads statistics", "mod_node_page_state"),
  ...services("unreached", 0, "the device has no memory of its own on arm64", "__ioremap_prot ioremap_prot __memcpy_fromio __memcpy_toio __memset_io"),
  ...services("unreached", 0, "the kernel's page tables are not those of the image", "set_swapper_pgd"),
  ...services("unreached", 0, "printk formats that no message uses", "__clk_get_name"),
];
