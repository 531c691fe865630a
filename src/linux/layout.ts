// SPDX-License-Identifier: MIT
/**
 * Where everything is in the model's state. The whole of kernel and machine is one `Uint32Array`: copying, comparing
 * and hashing it needs no knowledge of what is in it. Records are rows of words; a field is a word offset in its row,
 * a 64-bit field takes two words (read with `get64`).
 */

import { pfn, type Pfn } from "../base/index.ts";
import { machineWords, type MachineConfig, type RamLayout, type TableLayout, tableWords } from "../machine/index.ts";

/** Buffers and pages of a buffer that the model has room for. */
export const MAX_BOS = 2;
export const MAX_BO_PAGES = 4;

/**
 * RAM begins at 1 GiB: below every device mask, above the ISA zone.
 * SIMPLIFIED: 32 frames, enough for two buffers and a small swiotlb; masks bite through the C-bit only.
 */
export const FIRST_PFN: Pfn = pfn(0x40000);
export const RAM: RamLayout = { firstPfn: FIRST_PFN, frames: 32, cells: 1 };

/** Page-table frames lie right above RAM's data frames; each keeps 32 neighbouring entries. */
export const TABLES: TableLayout = { firstPfn: pfn(FIRST_PFN + 32), frames: 16, window: 32 };

/** Frames that swiotlb takes at boot. */
export const SWIOTLB_FRAMES = 16;

/** Fields of a buffer object with its ttm_tt; the arrays have MAX_BO_PAGES entries. */
export const BO = {
  exists: 0,
  num_pages: 1,
  /** ttm_tt.page_flags. */
  page_flags: 2,
  /** 1 + pfn for each page; 0 while there is none. */
  pages: 3,
  /** ttm_tt.dma_address[], 64 bits each. */
  dma_address: 7,
  /** 1 once dma_address[] (or the driver's own sg table) is filled. */
  device_mapped: 15,
  /** ttm_bo_kmap_obj: what kind of map, its first page, its address. */
  kmap_type: 16,
  kmap_page: 17,
  kmap_virtual: 18,
  /** Address from ttm_bo_vmap, 0 while there is none. */
  vmap_virtual: 20,
  /** Bit n: page n has a user PTE. */
  user_ptes: 22,
} as const;
const BO_WORDS = 23;

/** Fields of a frame: page->private as TTM uses it. */
export const PAGE = { order: 0, dma_addr: 1 } as const;
const PAGE_WORDS = 3;

/** Fields of a swiotlb page (two slots): 1 + pfn of the page that it stands for, and pages of the mapping if its first. */
export const SLOT = { orig: 0, pages: 1 } as const;
const SLOT_WORDS = 2;

/** Chunks that TTM's pool can keep. */
export const POOL_CHUNKS = 8;

export interface StateLayout {
  readonly machine: number;
  readonly tables: number;
  /** Bitmap of allocated frames. */
  readonly allocated: number;
  readonly pages: number;
  /** Page-table frames handed out so far. */
  readonly tablesUsed: number;
  /** Bitmaps of pages of vmalloc space and of I/O virtual addresses in use. */
  readonly vmalloc: number;
  readonly iova: number;
  readonly slots: number;
  /** ttm_pool_type lists: 1 + pfn, the last given first. */
  readonly pool: number;
  readonly bos: number;
  readonly words: number;
}

/** Lays out the state for a machine. */
export function stateLayout(config: MachineConfig): StateLayout {
  let next = 0;
  const take = (words: number): number => {
    const at = next;
    next += words;
    return at;
  };
  const fields = {
    machine: take(machineWords(config)),
    tables: take(tableWords(TABLES)),
    allocated: take(1),
    pages: take(RAM.frames * PAGE_WORDS),
    tablesUsed: take(1),
    vmalloc: take(1),
    iova: take(1),
    slots: take(SWIOTLB_FRAMES * SLOT_WORDS),
    pool: take(POOL_CHUNKS),
    bos: take(MAX_BOS * BO_WORDS),
  };
  return { ...fields, words: next };
}

/** First word of a buffer's row. */
export function boAt(layout: StateLayout, bo: number): number {
  return layout.bos + bo * BO_WORDS;
}

/** First word of a frame's row. */
export function pageAt(layout: StateLayout, frame: Pfn): number {
  return layout.pages + (frame - FIRST_PFN) * PAGE_WORDS;
}

/** First word of a swiotlb page's row. */
export function slotAt(layout: StateLayout, page: number): number {
  return layout.slots + page * SLOT_WORDS;
}
