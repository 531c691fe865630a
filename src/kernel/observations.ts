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

/** A page of a buffer. */
export interface BufferPage {
  readonly buf: number;
  readonly page: number;
}

/** Contents as they are kept: what a reader in the right domain gets. */
export interface Contents {
  /** The 16 bytes, as 32 hexadecimal digits. */
  readonly bytes: string;
  /** The token they stand for; null where they are no token's bytes. */
  readonly token: number | null;
}

/** Neighbouring cells of a frame that hold the same. */
export interface CellRun {
  /** First byte within the frame, and bytes to the end of the last cell. */
  readonly at: number;
  readonly size: number;
  /** What memory holds, in plain, and the domain it was stored in: elsewhere it is garbage. */
  readonly memory: Contents & { readonly storedIn: Domain };
  /** Dirty lines that are not written back yet, by the attribute bit of their tag; without the bit first. */
  readonly dirty: readonly (Contents & { readonly cBit: boolean })[];
}

/** A frame as the machine has it, whoever sees it how. */
export interface FrameState {
  readonly pfn: Pfn;
  /** `bar`: memory of the device. */
  readonly kind: "ram" | "bar";
  /** The pages whose memory it is; empty for a bounce slot. Buffers that share pages are all here. */
  readonly pages: readonly BufferPage[];
  /** The pages that it stands for while the device is to use it in their place (swiotlb). */
  readonly bounces: readonly BufferPage[];
  /** How the linear map has it, as the CPU would use it now; null where it does not. */
  readonly linear: Pick<View, "cBit" | "domain" | "cache"> | null;
  /** What the platform has written down of it (RMP, secure EPT, granule state); null where it keeps nothing. */
  readonly state: PageState | null;
  /** From byte 0 on, without gaps. */
  readonly cells: readonly CellRun[];
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
