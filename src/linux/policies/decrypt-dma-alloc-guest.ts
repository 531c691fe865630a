// SPDX-License-Identifier: MIT
/** What Linux does, 6.1 and 6.12. With commit 71ce046327cf taken out of a release this is `encrypted`. */

import type { Policy } from "../linux.ts";
import { linux_tt_decrypted } from "./linux-tt.ts";
import { TTM_IO_PROT } from "./ttm-io-prot.ts";

export const decryptDmaAllocGuest: Policy = {
  name: "decrypt-dma-alloc-guest",
  title: "pages from dma_alloc_coherent() are taken for decrypted, in encrypted guests only",
  origin: "commit 71ce046327cf (v6.8; in 6.12 and 6.1 stable), Thomas Hellström's condition of 20 September 2023",
  tt_decrypted: linux_tt_decrypted,
  io_prot_decrypts: () => false,
  chooser: TTM_IO_PROT,
};
