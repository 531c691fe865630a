// SPDX-License-Identifier: MIT
/** What the drivers with VRAM whose system pages TTM's pool maps tell TTM alike: it fills dma_address[], buffers are cached, VRAM is write-combining. */

import type { DriverProfile } from "../../kernel/index.ts";

type Alike = "tt" | "ownMapping" | "skipCpuSync" | "caching" | "vram" | "vramCaching";

export const POOL_MAPPED: Pick<DriverProfile, Alike> = {
  tt: "ttm_sg_tt_init",
  ownMapping: "never",
  skipCpuSync: false,
  caching: "cached",
  vram: true,
  vramCaching: "wc",
};
