// SPDX-License-Identifier: MIT
/** The test of the 2019 series: force_dma_unencrypted(dev) decides for pages from dma_alloc_coherent(). */

import { force_dma_unencrypted } from "../x86/mem-encrypt.ts";
import type { Policy } from "../linux.ts";
import { TTM_IO_PROT } from "./ttm-io-prot.ts";

export const forceDmaUnencrypted: Policy = {
  name: "force-dma-unencrypted",
  title: "the DMA layer's own test, per device",
  origin: "Thomas Hellström, [PATCH v2 3/4] drm/ttm, drm/vmwgfx: Correctly support support AMD memory encryption, 3 September 2019",
  tt_decrypted: (k) => k.use_dma_alloc && force_dma_unencrypted(k),
  io_prot_decrypts: () => false,
  chooser: TTM_IO_PROT,
};
