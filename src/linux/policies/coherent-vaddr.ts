// SPDX-License-Identifier: MIT
/**
 * Kernel maps are the address that dma_alloc_coherent() returned, so they have the DMA layer's attribute without a guess and cost no
 * page tables. Thomas Hellström, 19 September 2023; Christian König on 20 September: a ttm_tt is not always built of one allocation,
 * and then there is no address for all of it. Cost: ttm_bo_vmap() of such a buffer fails. User faults are left as Linux has them.
 */

import { tt_page } from "../bufs.ts";
import type { Linux, Policy } from "../linux.ts";
import { linear_address } from "../mm/page-tables.ts";
import { allocation_covers } from "../ttm/pool-type.ts";
import { linux_tt_decrypted } from "./linux-tt.ts";
import { TTM_IO_PROT } from "./ttm-io-prot.ts";

/** The allocation's address for pages of one allocation, 0 for pages of several. */
function kernel_address(k: Linux, buf: number, first: number, count: number): ReturnType<NonNullable<Policy["kernel_address"]>> {
  const frame = tt_page(k, buf, first);
  if (!k.use_dma_alloc || frame === null) return null;
  return count === 1 || allocation_covers(k, frame, count) ? linear_address(frame) : 0;
}

export const coherentVaddr: Policy = {
  name: "coherent-vaddr",
  title: "kernel maps reuse the address that dma_alloc_coherent() returned",
  origin: "Thomas Hellström, dri-devel, 19 September 2023; refused by Christian König, 20 September 2023: a buffer can be several allocations",
  tt_decrypted: linux_tt_decrypted,
  io_prot_decrypts: () => false,
  kernel_address,
  chooser: TTM_IO_PROT,
  kernel_chooser: { function: "dma_alloc_attrs", file: "kernel/dma/mapping.c:592" },
};
