// SPDX-License-Identifier: MIT
/** The simplest proposal of the thread: pgprot_decrypted() in ttm_io_prot(), whatever the DMA layer did. */

import type { Policy } from "../linux.ts";
import { TTM_IO_PROT } from "./ttm-io-prot.ts";

export const decryptAll: Policy = {
  name: "decrypt-all",
  title: "ttm_io_prot() decrypts every mapping of system memory",
  origin: "Christian König's suggestion, quoted by Zack Rusin, dri-devel, 18 September 2023",
  tt_decrypted: () => false,
  io_prot_decrypts: () => true,
  chooser: TTM_IO_PROT,
};
