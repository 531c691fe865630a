// SPDX-License-Identifier: MIT
/** TTM as it was before 2023: PAGE_KERNEL and the vma's protection as they come, encrypted. */

import type { Policy } from "../linux.ts";
import { TTM_IO_PROT } from "./ttm-io-prot.ts";

export const encrypted: Policy = {
  name: "encrypted",
  title: "TTM never touches the attribute of its mappings of system memory",
  origin: "Linux before commit 71ce046327cf (v6.8)",
  tt_decrypted: () => false,
  io_prot_decrypts: () => false,
  chooser: TTM_IO_PROT,
};
