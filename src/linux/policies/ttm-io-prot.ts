// SPDX-License-Identifier: MIT
/** Where Linux 6.12 applies a policy's choice. */

import type { Chooser } from "../../kernel/index.ts";

export const TTM_IO_PROT: Chooser = { function: "ttm_io_prot", file: "drivers/gpu/drm/ttm/ttm_bo_util.c:291" };
