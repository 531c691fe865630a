// SPDX-License-Identifier: MIT
/** A mapping policy: when TTM takes the encryption attribute out of its own mappings. One file per proposal. */

import type { Chooser } from "../../kernel/index.ts";
import type { Linux } from "../linux.ts";

export interface Policy {
  /** The name on the command line. */
  readonly name: string;
  readonly title: string;
  /** Who proposed it or which kernel has it. */
  readonly origin: string;
  /** Whether ttm_tt_create() sets TTM_TT_FLAG_DECRYPTED: ttm_io_prot() then decrypts, and kmap of one page uses vmap(). */
  tt_decrypted(k: Linux): boolean;
  /** Whether ttm_io_prot() decrypts mappings of system pages without that flag. */
  io_prot_decrypts(k: Linux): boolean;
  /** The function that makes the choice, for reports. */
  readonly chooser: Chooser;
}

/** Where Linux 6.12 applies the choice. */
export const TTM_IO_PROT: Chooser = { function: "ttm_io_prot", file: "drivers/gpu/drm/ttm/ttm_bo_util.c:291" };
