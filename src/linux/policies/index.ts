// SPDX-License-Identifier: MIT
/** The table of policies. */

import type { Policy } from "../linux.ts";
import { coherentVaddr } from "./coherent-vaddr.ts";
import { decryptAll } from "./decrypt-all.ts";
import { decryptDmaAllocGuest } from "./decrypt-dma-alloc-guest.ts";
import { decryptDmaAlloc } from "./decrypt-dma-alloc.ts";
import { dmaInsertPfn } from "./dma-insert-pfn.ts";
import { dmaMmap } from "./dma-mmap.ts";
import { encrypted } from "./encrypted.ts";
import { forceDmaUnencrypted } from "./force-dma-unencrypted.ts";
import { vmLocal } from "./vm-local.ts";

/** The built-in policies, in the order in which the thread came to them; the outcome of 2019 last. */
export const POLICIES: readonly Policy[] = [encrypted, decryptAll, decryptDmaAlloc, decryptDmaAllocGuest, forceDmaUnencrypted, coherentVaddr, dmaMmap, dmaInsertPfn, vmLocal];

/** The policy of Linux. */
export const DEFAULT_POLICY = "decrypt-dma-alloc-guest";
