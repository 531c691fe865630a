// SPDX-License-Identifier: MIT
/**
 * Where everything is in the model's state. The whole of kernel and machine is one `Uint32Array`: copying, comparing
 * and hashing it needs no knowledge of what is in it. Records are rows of words; a field is a word offset in its row,
 * a 64-bit field takes two words (read with `get64`).
 */

import { assert, pfn, type Pfn } from "../base/index.ts";
import type { Configuration } from "../kernel/index.ts";
import { type Bank, banksOf, machineWords, type MachineConfig, ramFrames, type RamLayout, type TableLayout, tableWords } from "../machine/index.ts";

/** Buffers and pages of a buffer that the model has room for. */
export const MAX_BUFS = 4;
export const MAX_BUF_PAGES = 4;

/**
 * RAM begins at 512 MiB: below every device mask (30 bits at least), above the ISA zone.
 * SIMPLIFIED (may miss bugs): 32 frames, enough for two buffers and a small swiotlb; masks bite through the C-bit only, unless `ram=`
 * puts memory above 4 GiB.
 */
export const FIRST_PFN: Pfn = pfn(0x20000);
export const RAM_FRAMES = 32;

/** Frames that pools take before anything else runs; in a page table of their own, 2 MiB above the rest. */
export const ATOMIC_POOL_FRAMES = 4;
const POOL_PFN: Pfn = pfn(FIRST_PFN + 512);

/** Frames that lie above 4 GiB with `ram=`. */
const HIGH_FRAMES = 16;
export const FRAMES_PER_GIB = 0x40000;

/** The device's BAR: 256 GiB, 4 frames of VRAM. An assumption about the machine. */
export const BAR_PFN: Pfn = pfn(0x400_0000);
export const BAR_FRAMES = 4;

/** Page-table frames lie right above RAM's data frames; each keeps 32 neighbouring entries. */
export const TABLES: TableLayout = { firstPfn: pfn(FIRST_PFN + 32), frames: 24, window: 32 };

/** Frames that swiotlb takes at boot where its size is not given. */
export const SWIOTLB_FRAMES = 16;

/** The memory of a machine under the model: [low, pools, high where there is some], then the BAR. */
export function ramLayout(configuration: Configuration): RamLayout {
  const { ramGiB = 2, cells = 1, platform } = configuration;
  const pools: readonly Bank[] = platform.encryption === "none" ? [] : [{ firstPfn: POOL_PFN, frames: ATOMIC_POOL_FRAMES }];
  const high: readonly Bank[] = ramGiB <= 4 ? [] : [{ firstPfn: pfn(ramGiB * FRAMES_PER_GIB - HIGH_FRAMES), frames: HIGH_FRAMES }];
  return { firstPfn: FIRST_PFN, frames: RAM_FRAMES, cells, more: [...pools, ...high], bar: { firstPfn: BAR_PFN, frames: BAR_FRAMES } };
}

/** What a buffer is. */
export const BUF_NONE = 0;
export const BUF_BO = 1;
/** From dma_alloc_*(). */
export const BUF_COHERENT = 2;
/** From alloc_pages(). */
export const BUF_PAGES = 3;
/** The BAR, through ioremap(). */
export const BUF_BAR = 4;

/** Fields of a buffer: a buffer object with its ttm_tt, an allocation, or a window of the BAR. Arrays have MAX_BUF_PAGES entries. */
export const BUF = {
  kind: 0,
  num_pages: 1,
  /** ttm_tt.page_flags. */
  page_flags: 2,
  /** 1 + pfn for each page; 0 while there is none. */
  pages: 3,
  /** ttm_tt.dma_address[], or the handle of a mapping or allocation, 64 bits each. */
  dma_address: 7,
  /** 1 once dma_address[] (or the driver's own sg table) is filled. */
  device_mapped: 15,
  /** ttm_bo_kmap_obj: what kind of map, its first page, its address. */
  kmap_type: 16,
  kmap_page: 17,
  kmap_virtual: 18,
  /** Address from ttm_bo_vmap() or vmap(), 0 while there is none. */
  vmap_virtual: 20,
  /** Bit n: page n has a user PTE. */
  user_ptes: 22,
  /** ttm_tt.caching: an index into CACHINGS. */
  caching: 23,
  /** ttm_resource.mem_type: TTM_PL_SYSTEM 0, TTM_PL_TT 1, TTM_PL_VRAM 2. */
  mem_type: 24,
  /** First page in VRAM + 1. */
  vram_start: 25,
  /** What dma_alloc_*() returned for the CPU, what ioremap() returned. */
  coherent_virtual: 26,
  ioremap_virtual: 28,
  /** A streaming mapping: its direction (+ 1, 0 without one), attributes, first byte and length. */
  map_direction: 30,
  map_attrs: 31,
  map_offset: 32,
  map_size: 33,
  /** How the allocation was made: order, and ALLOC_* bits. */
  alloc_order: 34,
  alloc_flags: 35,
  /** 1 + number of the buffer whose pages these are (dma-buf import, userptr). */
  from: 36,
  /** shmem pages that hold what was swapped out: 1 + pfn each. */
  swap_pages: 37,
  /** Bits for whoever needs one more. */
  flags: 41,
} as const;
const BUF_WORDS = 42;

/** Fields of a frame: page->private as TTM uses it; 1 + page of vmalloc space where coherent memory that begins here is remapped. */
export const PAGE = { order: 0, dma_addr: 1, remap: 3 } as const;
const PAGE_WORDS = 4;

/**
 * Fields of a swiotlb page, which is two slots: a bit for each that is taken, then for each slot struct io_tlb_slot: the
 * physical address it stands for (64 bits, 0 for none), bytes from there to the end of the mapping, padding slots before it.
 * @ref kernel/dma/swiotlb.c:66-80 (struct io_tlb_slot)
 */
export const SLOT = { used: 0, first: 1, orig_addr: 0, alloc_size: 2, pad_slots: 3, words: 4 } as const;
const SLOT_PAGE_WORDS = 1 + 2 * SLOT.words;

/** Pools that swiotlb=dynamic may add to the first one, and frames that the state has room for in each. */
export const DYN_POOLS = 3;
export const DYN_POOL_FRAMES = 4;

/** Chunks that one type of TTM's pools can keep, and types: three cachings. */
export const POOL_CHUNKS = 8;
export const POOL_TYPES = 3;

/** A bank of RAM: what is in it, and the frames of the banks before it. */
export interface RamBank extends Bank {
  readonly use: "low" | "pool" | "high";
  readonly before: number;
}

/** The banks of RAM, without the BAR. */
function ramBanks(ram: RamLayout): RamBank[] {
  let before = 0;
  return banksOf({ ...ram, bar: null }).map(({ firstPfn, frames }) => {
    const bank: RamBank = { firstPfn, frames, before, use: firstPfn === ram.firstPfn ? "low" : firstPfn === POOL_PFN ? "pool" : "high" };
    before += frames;
    return bank;
  });
}

export interface StateLayout {
  readonly ram: RamLayout;
  readonly banks: readonly RamBank[];
  /** All frames of RAM, by their number. */
  readonly frames: readonly Pfn[];
  readonly machine: number;
  readonly tables: number;
  /** Bitmap of allocated frames, by frame number over all banks of RAM: two words. */
  readonly allocated: number;
  /** Bitmap of frames that are reserved with a cache type other than write-back, as `allocated`: two words. */
  readonly memtypes: number;
  /** Bitmap of frames of the atomic pool that are handed out. */
  readonly atomicPool: number;
  readonly pages: number;
  /** Page-table frames handed out so far. */
  readonly tablesUsed: number;
  /** Bitmaps of pages of vmalloc space and of I/O virtual addresses in use. */
  readonly vmalloc: number;
  /** Bitmap of pages of vmalloc space whose mapping is gone and whose translations are not flushed yet. */
  readonly vmallocLazy: number;
  readonly iova: number;
  /** Rows of swiotlb pages: the first pool's, then DYN_POOL_FRAMES for each pool that was added. */
  readonly slots: number;
  /** io_tlb_area.index of the first pool and of each that was added. */
  readonly slotIndex: number;
  /** Pools that were added, two words each: 1 + pfn, and frames with DYN_TRANSIENT. */
  readonly dynPools: number;
  /** ttm_pool_type lists by caching, POOL_CHUNKS each: 1 + pfn, the last given first. */
  readonly pool: number;
  /** Bitmap of pages of VRAM in use. */
  readonly vram: number;
  /** mem_enc_lock: 1 once kexec holds it for good. */
  readonly memEncLock: number;
  /** Injection: index + 1 of the function, and calls that are left until it fails. */
  readonly inject: number;
  readonly bufs: number;
  readonly words: number;
}

/** Lays out the state for a machine. @param swiotlbFrames frames of the bounce pool  @param dynamic whether pools may be added to it */
export function stateLayout(config: MachineConfig, swiotlbFrames: number, dynamic = false): StateLayout {
  assert(ramFrames(config.ram) <= 64, "layout: more frames than the bitmap has bits");
  let next = 0;
  const take = (words: number): number => {
    const at = next;
    next += words;
    return at;
  };
  const fields = {
    machine: take(machineWords(config)),
    tables: take(tableWords(TABLES)),
    allocated: take(2),
    memtypes: take(2),
    atomicPool: take(1),
    pages: take(ramFrames(config.ram) * PAGE_WORDS),
    tablesUsed: take(1),
    vmalloc: take(1),
    vmallocLazy: take(1),
    iova: take(1),
    slots: take((swiotlbFrames + (dynamic ? DYN_POOLS * DYN_POOL_FRAMES : 0)) * SLOT_PAGE_WORDS),
    slotIndex: take(dynamic ? 1 + DYN_POOLS : 1),
    dynPools: take(dynamic ? DYN_POOLS * 2 : 0),
    pool: take(POOL_CHUNKS * POOL_TYPES),
    vram: take(1),
    memEncLock: take(1),
    inject: take(2),
    bufs: take(MAX_BUFS * BUF_WORDS),
  };
  const banks = ramBanks(config.ram);
  const frames = banks.flatMap((bank) => Array.from({ length: bank.frames }, (_, i) => pfn(bank.firstPfn + i)));
  return { ram: config.ram, banks, frames, ...fields, words: next };
}

/** First word of a buffer's row. */
export function bufAt(layout: StateLayout, buf: number): number {
  return layout.bufs + buf * BUF_WORDS;
}

/** The number of a frame of RAM, counted over its banks. */
export function frameIndex(layout: StateLayout, frame: Pfn): number {
  for (const bank of layout.banks) {
    const at = frame - bank.firstPfn;
    if (at >= 0 && at < bank.frames) return bank.before + at;
  }
  return -1;
}

/** First word of a frame's row. */
export function pageAt(layout: StateLayout, frame: Pfn): number {
  return layout.pages + frameIndex(layout, frame) * PAGE_WORDS;
}

/** First word of a swiotlb page's row. */
export function slotAt(layout: StateLayout, page: number): number {
  return layout.slots + page * SLOT_PAGE_WORDS;
}
