// SPDX-License-Identifier: MIT
/** What Linux 6.12 does.   @ref drivers/gpu/drm/ttm/ttm_tt.c:94-97 */

import { cc_platform_has } from "../x86/coco-core.ts";
import type { Policy } from "../linux.ts";
import { TTM_IO_PROT } from "./ttm-io-prot.ts";

export const decryptDmaAllocGuest: Policy = {
  name: "decrypt-dma-alloc-guest",
  title: "pages from dma_alloc_coherent() are taken for decrypted, in encrypted guests only",
  origin: "commit 71ce046327cf (v6.8; in 6.12 and 6.1 stable), Thomas Hellström's condition of 20 September 2023",
  tt_decrypted: (k) => k.use_dma_alloc && cc_platform_has(k, "CC_ATTR_GUEST_MEM_ENCRYPT"),
  io_prot_decrypts: () => false,
  chooser: TTM_IO_PROT,
};
