// SPDX-License-Identifier: MIT
/** Operations of memory management: src/tree/guest/contract/mm.c, and maps of the BAR: src/tree/guest/contract/bar.c. */

import type { Caching, ProtChoice } from "../../kernel/index.ts";
import { call, type CallTable } from "./call.ts";

/** enum cbit_caching of guest/contract/buf.h. */
const CACHING: Readonly<Record<Caching, number>> = { cached: 0, wc: 1, uc: 2 };

const decrypted = (prot: ProtChoice | undefined): number => (prot === "decrypted" ? 1 : 0);

export const MEMORY_CALLS: CallTable = {
  page_alloc: (o) => call("alloc_pages_exact", "cbit_page_alloc", o.buf, o.pages),
  page_free: (o) => call("free_pages_exact", "cbit_page_free", o.buf),
  vmap: (o) => call("vmap", "cbit_vmap", o.buf, decrypted(o.prot)),
  vunmap: (o) => call("vunmap", "cbit_vunmap", o.buf),
  user_map: (o) => call("remap_pfn_range", "cbit_user_map", o.buf, decrypted(o.prot)),
  user_unmap: (o) => call("munmap", "cbit_user_unmap", o.buf),
  set_memory_decrypted: (o) => call("set_memory_decrypted", "cbit_set_memory_decrypted", o.buf, o.page ?? 0, o.pages ?? 0),
  set_memory_encrypted: (o) => call("set_memory_encrypted", "cbit_set_memory_encrypted", o.buf, o.page ?? 0, o.pages ?? 0),
  set_memory_wc: (o) => call("set_pages_array_wc", "cbit_set_memory_wc", o.buf),
  set_memory_uc: (o) => call("set_pages_array_uc", "cbit_set_memory_uc", o.buf),
  ioremap: (o) => call("ioremap", "cbit_ioremap", o.buf, o.pages, CACHING[o.caching ?? "uc"]),
  iounmap: (o) => call("iounmap", "cbit_iounmap", o.buf),
  kexec: () => call("kernel_kexec", "cbit_kexec"),
  set_memory_wb: (o) => call("set_pages_array_wb", "cbit_set_memory_wb", o.buf),
};
