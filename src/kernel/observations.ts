// SPDX-License-Identifier: MIT
/** What can be observed after a step: every live view of every page of a buffer, as the hardware resolves it. */

import type { Pfn } from "../base/index.ts";
import type { CacheType, Domain } from "../machine/index.ts";
import type { CpuAlias } from "./operations.ts";

/** Which kernel function chose an attribute, and where it is: "ttm_io_prot", "drivers/gpu/drm/ttm/ttm_bo_util.c:291". */
export interface Chooser {
  readonly function: string;
  readonly file: string;
}

/** One live mapping of one page. */
export interface View {
  readonly buf: number;
  readonly page: number;
  readonly kind: CpuAlias | "device";
  /** The frame that the view reaches: for a bounced device view the swiotlb slot's, not the buffer's. */
  readonly pfn: Pfn;
  /** The address that the agent uses, for the report: a canonical virtual address or a DMA address. */
  readonly address: string;
  /** The C-bit that decides, in the leaf entry, the DMA address or the I/O page table entry; false on machines without. */
  readonly cBit: boolean;
  /** The domain that accesses through this view run in. */
  readonly domain: Domain;
  /** CPU views only. */
  readonly cache: CacheType | null;
  readonly chosenBy: Chooser;
}

/** Something that a kernel did within a step, for the story of a counterexample. */
export interface KernelEvent {
  /** The kernel function. */
  readonly function: string;
  /** "kernel/dma/direct.c:290"; a file alone where the line is not known. */
  readonly file: string;
  /** What it did, in a few words. */
  readonly text: string;
}
