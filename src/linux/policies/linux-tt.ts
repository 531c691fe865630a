// SPDX-License-Identifier: MIT
/** What Linux itself decides at ttm_tt_create(), for the policies that leave a part of it as it is. */

import { has, type Linux } from "../linux.ts";
import { cc_platform_has } from "../x86/coco-core.ts";

/** Decrypted where pages come from dma_alloc_coherent() in an encrypted guest; never before commit 71ce046327cf. @ref drivers/gpu/drm/ttm/ttm_tt.c:94-97 (ttm_tt_create) */
export function linux_tt_decrypted(k: Linux): boolean {
  return has(k, "71ce046327cf") && k.use_dma_alloc && cc_platform_has(k, "CC_ATTR_GUEST_MEM_ENCRYPT");
}
