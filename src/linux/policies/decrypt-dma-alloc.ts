// SPDX-License-Identifier: MIT
/** use_dma_alloc implies decrypted: true in guests, not for an SME device that reaches the C-bit. */

import type { Policy } from "../linux.ts";
import { TTM_IO_PROT } from "./ttm-io-prot.ts";

export const decryptDmaAlloc: Policy = {
  name: "decrypt-dma-alloc",
  title: "pages from dma_alloc_coherent() are taken for decrypted",
  origin: "Zack Rusin, dri-devel, 20 September 2023",
  tt_decrypted: (k) => k.use_dma_alloc,
  io_prot_decrypts: () => false,
  chooser: TTM_IO_PROT,
};
