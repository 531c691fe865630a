// SPDX-License-Identifier: MIT
/**
 * The DMA layer itself says with which protection a page is to be mapped, for the kernel and for user space: nobody guesses any more what
 * it did. Thomas Hellström's dma_coherent_insert_pfn() of 19 September 2023, and his objection of 20 September to whatever only
 * imitates the DMA layer's choice. Such a function does not exist in any release. Cost: a new interface of the DMA layer.
 */

import { tt_page } from "../bufs.ts";
import { linear_private } from "../health.ts";
import type { Linux, Policy } from "../linux.ts";
import { type Pgprot, pgprot_decrypted, pgprot_encrypted } from "../x86/pgtable.ts";

/** What the DMA layer did to the page shows in the linear map, which it changes and nobody else does. All pages of a buffer are alike. */
function page_prot(k: Linux, buf: number, prot: Pgprot): Pgprot {
  const frame = tt_page(k, buf, 0);
  if (frame === null) return prot;
  return linear_private(k, frame) ? pgprot_encrypted(k, prot) : pgprot_decrypted(k, prot);
}

export const dmaInsertPfn: Policy = {
  name: "dma-insert-pfn",
  title: "the DMA layer gives the protection of each page, for kernel and user maps",
  origin: "Thomas Hellström, dri-devel, 19 and 20 September 2023 (dma_coherent_insert_pfn)",
  tt_decrypted: () => false,
  io_prot_decrypts: () => false,
  page_prot,
  chooser: { function: "dma_coherent_insert_pfn (proposed)", file: "drivers/gpu/drm/ttm/ttm_bo_util.c:291" },
};
