// SPDX-License-Identifier: MIT
/**
 * One small scenario for every operation of the contract: how to come to where it makes sense, the operation, and what must
 * be true of the views afterwards. The compiler sees to it that none is missing.
 */

import type { Configuration, Operation, View } from "../../src/kernel/index.ts";

type Kind = View["kind"];

export interface Scenario<Op extends Operation["op"] = Operation["op"]> {
  readonly setup: readonly Operation[];
  readonly run: Extract<Operation, { readonly op: Op }>;
  /** Kinds of views that page 0 of buffer 0 has afterwards, and kinds that it has not. */
  readonly has?: readonly Kind[];
  readonly lacks?: readonly Kind[];
  /** The attribute that the linear view of buffer 0 has afterwards, where the machine has one. */
  readonly linear?: "private" | "shared";
  /** The cache type of the linear view afterwards. */
  readonly cache?: string;
  /** The token that a read gets. */
  readonly token?: number;
  /** How to get it wrong: an operation that must give an error. Without it buffer 3, which is nobody's, is named. */
  readonly wrong?: Operation;
  /** Nothing about the operation can be wrong: it names no buffer, or one that is not there is no mistake. */
  readonly neverWrong?: true;
  /** What the machine must be where the operation means nothing on the others. */
  readonly machine?: { readonly platform: string } & Partial<Pick<Configuration, "coherent" | "tlb">>;
}

const BO: Operation = { op: "bo_create", buf: 0, pages: 2 };
const POPULATED: readonly Operation[] = [BO, { op: "bo_populate", buf: 0 }];
const KMAP: readonly Operation[] = [...POPULATED, { op: "bo_kmap", buf: 0, page: 0 }];
const VMAP: readonly Operation[] = [...POPULATED, { op: "bo_vmap", buf: 0 }];
const FAULTED: readonly Operation[] = [...POPULATED, { op: "bo_fault", buf: 0, page: 0 }];
const SWAPPED: readonly Operation[] = [...POPULATED, { op: "bo_swapout", buf: 0 }];
const COHERENT: readonly Operation[] = [{ op: "dma_alloc", buf: 0, pages: 1 }];
const PAGES: readonly Operation[] = [{ op: "page_alloc", buf: 0, pages: 1 }];
const MAPPED: readonly Operation[] = [...PAGES, { op: "dma_map", buf: 0 }];
const BAR: readonly Operation[] = [{ op: "ioremap", buf: 0, pages: 1 }];

export const SCENARIOS: { readonly [Op in Operation["op"]]: Scenario<Op> } = {
  bo_create: { setup: [], run: { op: "bo_create", buf: 0, pages: 2 }, lacks: ["kmap", "vmap", "user", "device"], wrong: { op: "bo_create", buf: 99, pages: 2 } },
  bo_populate: { setup: [BO], run: { op: "bo_populate", buf: 0 }, has: ["linear", "device"], lacks: ["kmap", "vmap", "user"] },
  bo_kmap: { setup: POPULATED, run: { op: "bo_kmap", buf: 0, page: 0 }, has: ["linear", "kmap", "device"], lacks: ["vmap", "user"] },
  bo_kunmap: { setup: KMAP, run: { op: "bo_kunmap", buf: 0 }, has: ["linear", "device"], lacks: ["kmap"] },
  bo_vmap: { setup: POPULATED, run: { op: "bo_vmap", buf: 0 }, has: ["linear", "vmap", "device"], lacks: ["kmap", "user"] },
  bo_vunmap: { setup: VMAP, run: { op: "bo_vunmap", buf: 0 }, has: ["linear", "device"], lacks: ["vmap"] },
  bo_fault: { setup: POPULATED, run: { op: "bo_fault", buf: 0, page: 0 }, has: ["linear", "user", "device"], lacks: ["kmap", "vmap"] },
  bo_move: { setup: FAULTED, run: { op: "bo_move", buf: 0, to: "system" }, lacks: ["user"] },
  bo_evict: { setup: POPULATED, run: { op: "bo_evict", buf: 0 } },
  bo_swapout: { setup: FAULTED, run: { op: "bo_swapout", buf: 0 }, lacks: ["user", "device"] },
  bo_swapin: { setup: SWAPPED, run: { op: "bo_swapin", buf: 0 }, has: ["linear"], lacks: ["user"] },
  bo_import: { setup: POPULATED, run: { op: "bo_import", buf: 1, from: 0 }, has: ["linear"], wrong: { op: "bo_import", buf: 1, from: 3 } },
  bo_userptr: { setup: PAGES, run: { op: "bo_userptr", buf: 1, from: 0 }, has: ["linear"], wrong: { op: "bo_userptr", buf: 1, from: 3 } },
  bo_sync_for_cpu: { setup: POPULATED, run: { op: "bo_sync_for_cpu", buf: 0 }, has: ["linear", "device"] },
  bo_sync_for_device: { setup: POPULATED, run: { op: "bo_sync_for_device", buf: 0 }, has: ["linear", "device"] },
  bo_destroy: { setup: FAULTED, run: { op: "bo_destroy", buf: 0 }, lacks: ["linear", "user", "device"] },
  pool_shrink: { setup: [...POPULATED, { op: "bo_destroy", buf: 0 }], run: { op: "pool_shrink" }, neverWrong: true },
  dma_alloc: { setup: [], run: { op: "dma_alloc", buf: 0, pages: 1 }, has: ["coherent", "device"], lacks: ["user"], wrong: { op: "dma_alloc", buf: 99, pages: 1 } },
  dma_free: { setup: COHERENT, run: { op: "dma_free", buf: 0 }, lacks: ["linear", "coherent", "device"] },
  dma_mmap: { setup: COHERENT, run: { op: "dma_mmap", buf: 0 }, has: ["coherent", "user", "device"] },
  dma_map: { setup: PAGES, run: { op: "dma_map", buf: 0 }, has: ["linear", "device"] },
  dma_unmap: { setup: MAPPED, run: { op: "dma_unmap", buf: 0 }, has: ["linear"], lacks: ["device"] },
  dma_sync_for_cpu: { setup: MAPPED, run: { op: "dma_sync_for_cpu", buf: 0 }, has: ["linear", "device"] },
  dma_sync_for_device: { setup: MAPPED, run: { op: "dma_sync_for_device", buf: 0 }, has: ["linear", "device"] },
  dma_map_resource: { setup: BAR, run: { op: "dma_map_resource", buf: 0 }, has: ["ioremap", "device"] },
  page_alloc: { setup: [], run: { op: "page_alloc", buf: 0, pages: 1 }, has: ["linear"], lacks: ["device", "user", "vmap"], linear: "private", wrong: { op: "page_alloc", buf: 99, pages: 1 } },
  page_free: { setup: PAGES, run: { op: "page_free", buf: 0 }, lacks: ["linear"] },
  vmap: { setup: PAGES, run: { op: "vmap", buf: 0 }, has: ["linear", "vmap"] },
  vunmap: { setup: [...PAGES, { op: "vmap", buf: 0 }], run: { op: "vunmap", buf: 0 }, has: ["linear"], lacks: ["vmap"] },
  user_map: { setup: PAGES, run: { op: "user_map", buf: 0, prot: "decrypted" }, has: ["linear", "user"] },
  user_unmap: { setup: [...PAGES, { op: "user_map", buf: 0 }], run: { op: "user_unmap", buf: 0 }, has: ["linear"], lacks: ["user"] },
  set_memory_decrypted: { setup: PAGES, run: { op: "set_memory_decrypted", buf: 0 }, has: ["linear"], linear: "shared" },
  set_memory_encrypted: { setup: [...PAGES, { op: "set_memory_decrypted", buf: 0 }], run: { op: "set_memory_encrypted", buf: 0 }, has: ["linear"], linear: "private" },
  set_memory_wc: { setup: PAGES, run: { op: "set_memory_wc", buf: 0 }, cache: "WC", linear: "private" },
  set_memory_uc: { setup: PAGES, run: { op: "set_memory_uc", buf: 0 }, cache: "UC-", linear: "private" },
  set_memory_wb: { setup: [...PAGES, { op: "set_memory_wc", buf: 0 }], run: { op: "set_memory_wb", buf: 0 }, cache: "WB", linear: "private" },
  ioremap: { setup: [], run: { op: "ioremap", buf: 0, pages: 1 }, has: ["ioremap"], lacks: ["user", "device"], wrong: { op: "ioremap", buf: 99, pages: 1 } },
  iounmap: { setup: BAR, run: { op: "iounmap", buf: 0 }, lacks: ["ioremap"] },
  kexec: { setup: PAGES, run: { op: "kexec" }, neverWrong: true },
  cpu_write: { setup: POPULATED, run: { op: "cpu_write", buf: 0, page: 0, alias: "linear", value: 7 }, has: ["linear", "device"] },
  cpu_read: { setup: [...POPULATED, { op: "cpu_write", buf: 0, page: 0, alias: "linear", value: 7 }], run: { op: "cpu_read", buf: 0, page: 0, alias: "linear" }, token: 7 },
  dev_write: { setup: POPULATED, run: { op: "dev_write", buf: 0, page: 0, value: 7 }, has: ["linear", "device"] },
  dev_read: { setup: [...POPULATED, { op: "dev_write", buf: 0, page: 0, value: 7 }], run: { op: "dev_read", buf: 0, page: 0 }, token: 7 },
  host_write: { setup: POPULATED, run: { op: "host_write", buf: 0, page: 0, value: 7 }, has: ["linear", "device"] },
  host_read: { setup: [...POPULATED, { op: "host_write", buf: 0, page: 0, value: 7 }], run: { op: "host_read", buf: 0, page: 0 }, token: 7 },
  writeback: {
    setup: [...POPULATED, { op: "cpu_write", buf: 0, page: 0, alias: "linear", value: 7 }],
    run: { op: "writeback", buf: 0, page: 0, cbit: false },
    neverWrong: true,
    machine: { platform: "sme-zen2", coherent: false },
  },
  tlb_evict: { setup: POPULATED, run: { op: "tlb_evict" }, neverWrong: true, machine: { platform: "sme-zen2", tlb: true } },
  fail: { setup: POPULATED, run: { op: "fail", function: "vmap", nth: 1 }, neverWrong: true },
  dev_accept: { setup: POPULATED, run: { op: "dev_accept" }, neverWrong: true, machine: { platform: "sev-snp" } },
  dev_revoke: { setup: [...POPULATED, { op: "dev_accept" }], run: { op: "dev_revoke" }, neverWrong: true, machine: { platform: "sev-snp" } },
};

/** All operations of the contract. */
export const ALL_OPERATIONS: readonly Operation["op"][] = Object.keys(SCENARIOS) as Operation["op"][];
