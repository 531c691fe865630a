// SPDX-License-Identifier: MIT
/** All policies, in the order in which the thread came to them. */

import { decryptAll } from "./decrypt-all.ts";
import { decryptDmaAlloc } from "./decrypt-dma-alloc.ts";
import { decryptDmaAllocGuest } from "./decrypt-dma-alloc-guest.ts";
import { encrypted } from "./encrypted.ts";
import { forceDmaUnencrypted } from "./force-dma-unencrypted.ts";
import type { Policy } from "../linux.ts";

export const POLICIES: readonly Policy[] = [encrypted, decryptAll, decryptDmaAlloc, decryptDmaAllocGuest, forceDmaUnencrypted];

/** The policy of Linux 6.12. */
export const DEFAULT_POLICY = "decrypt-dma-alloc-guest";
