// SPDX-License-Identifier: MIT
/** What can be observed after a step: every live view of every page of a buffer, as the hardware resolves it. */

import type { Pfn } from "../base/index.ts";
import type { CacheType, Domain, PageState } from "../machine/index.ts";
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

/** What the kernel and the platform have to say of frames, whoever's they are. */
export interface Health {
  /** Free frames of the page allocator that are not private, and how they are: in the linear map, for the platform. */
  readonly freedShared: readonly FreedFrame[];
  /** Frames of live buffers whose linear mapping and page state disagree. */
  readonly mismatched: readonly { readonly buf: number; readonly page: number; readonly pfn: Pfn; readonly state: PageState; readonly linearPrivate: boolean }[];
  /** Pages that a device shares with the host although it could reach them in private: buffer and page. */
  readonly needless: readonly { readonly buf: number; readonly page: number; readonly why: string }[];
}

export interface FreedFrame {
  readonly pfn: Pfn;
  /** The linear map has it decrypted. */
  readonly decrypted: boolean;
  readonly state: PageState;
}

/** What operations cost: counts since `resetCosts`. Ref: arch/x86/mm/pat/set_memory.c:2187-2299. */
export interface Costs {
  /** Calls that changed the attribute of pages, and the pages. */
  readonly conversions: number;
  readonly convertedPages: number;
  readonly tlbFlushes: number;
  /** Pages whose cache lines were flushed. */
  readonly cacheFlushes: number;
  /** Calls to the hypervisor or the TDX module, one for each batch. */
  readonly hypercalls: number;
  readonly bouncedBytes: number;
  /** Pages that the host can read at the end. */
  readonly sharedPages: number;
}

/** Something that a kernel did within a step, for the story of a counterexample. */
export interface KernelEvent {
  /** The kernel function. */
  readonly function: string;
  /** "kernel/dma/direct.c:290"; a file alone where the line is not known. */
  readonly file: string;
  /** What it did, in a few words; empty where the function's name says all that is known. */
  readonly text: string;
}
