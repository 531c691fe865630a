// SPDX-License-Identifier: MIT
/**
 * kernel/dma/swiotlb.c: pools of slots, the search for free ones and giving them back.
 * SIMPLIFIED (may miss bugs): one area per pool, as on one CPU; segment boundaries of devices are not modelled.
 */

import { get64, PAGE_SIZE, type Pfn, pfn, pfnToPhys, type PhysAddr, physAddr, physToPfn } from "../../base/index.ts";
import { DYN_POOL_FRAMES, DYN_POOLS, SLOT, slotAt } from "../layout.ts";
import { clear_words, has, injected, type Linux, put, put64 } from "../linux.ts";
import { IO_TLB_SEGSIZE, IO_TLB_SHIFT, IO_TLB_SIZE, nr_slots } from "./swiotlb-size.ts";

/** struct io_tlb_pool. */
export interface IoTlbPool {
  /** 0 is the first pool, then those that were added. */
  readonly id: number;
  readonly start: PhysAddr;
  readonly nslabs: number;
  /** Its first page's row in the state. */
  readonly row: number;
  /** Made for one mapping and gone with it. */
  readonly transient: boolean;
}

/** Set in the frames word of a pool that goes with its mapping. */
export const DYN_TRANSIENT = 0x100;

/** First of the two words of an added pool. */
export function dyn_pool_at(k: Linux, i: number): number {
  return k.layout.dynPools + i * 2;
}

/** All pools of the device, the first one in front. */
export function swiotlb_pools(k: Linux): IoTlbPool[] {
  if (k.swiotlb.firstPfn < 0) return [];
  const pools: IoTlbPool[] = [{ id: 0, start: pfnToPhys(k.swiotlb.firstPfn), nslabs: k.swiotlb.frames * 2, row: 0, transient: false }];
  if (k.configuration.swiotlb !== "dynamic") return pools;
  for (let i = 0; i < DYN_POOLS; i++) {
    const first = k.s[dyn_pool_at(k, i)]!;
    const frames = k.s[dyn_pool_at(k, i) + 1]!;
    if (first === 0) continue;
    const row = k.swiotlb.frames + i * DYN_POOL_FRAMES;
    pools.push({ id: 1 + i, start: pfnToPhys(pfn(first - 1)), nslabs: (frames & ~DYN_TRANSIENT) * 2, row, transient: (frames & DYN_TRANSIENT) !== 0 });
  }
  return pools;
}

/** The pool that holds an address; null for none. @ref kernel/dma/swiotlb.c:784-804 (__swiotlb_find_pool) */
export function swiotlb_find_pool(k: Linux, paddr: PhysAddr): IoTlbPool | null {
  return swiotlb_pools(k).find((pool) => paddr >= pool.start && paddr < pool.start + pool.nslabs * IO_TLB_SIZE) ?? null;
}

/** True where a frame belongs to a pool. */
export function is_swiotlb_buffer(k: Linux, frame: Pfn): boolean {
  return swiotlb_find_pool(k, pfnToPhys(frame)) !== null;
}

const page_row = (k: Linux, pool: IoTlbPool, index: number): number => slotAt(k.layout, pool.row + (index >> 1));
const slot_row = (k: Linux, pool: IoTlbPool, index: number): number => page_row(k, pool, index) + SLOT.first + (index & 1) * SLOT.words;

function is_free(k: Linux, pool: IoTlbPool, index: number): boolean {
  return ((k.s[page_row(k, pool, index) + SLOT.used]! >>> (index & 1)) & 1) === 0;
}

function set_used(k: Linux, pool: IoTlbPool, index: number, used: boolean): void {
  const at = page_row(k, pool, index) + SLOT.used;
  const bit = 1 << (index & 1);
  put(k, at, used ? k.s[at]! | bit : k.s[at]! & ~bit);
}

/** What a slot stands for. `orig_addr` 0: nothing. `alloc_size` may be negative in the last slot, as the kernel's wraps. */
export function slot_of(k: Linux, pool: IoTlbPool, index: number): { orig_addr: PhysAddr; alloc_size: number; pad_slots: number } {
  const row = slot_row(k, pool, index);
  return { orig_addr: physAddr(get64(k.s, row + SLOT.orig_addr)), alloc_size: k.s[row + SLOT.alloc_size]! | 0, pad_slots: k.s[row + SLOT.pad_slots]! };
}

/** Slots in use, over all pools. */
export function mem_used(k: Linux): number {
  let used = 0;
  for (const pool of swiotlb_pools(k)) for (let i = 0; i < pool.nslabs; i++) if (!is_free(k, pool, i)) used++;
  return used;
}

/** Slots of all pools that stay. */
export function mem_nslabs(k: Linux): number {
  return swiotlb_pools(k).reduce((sum, pool) => sum + (pool.transient ? 0 : pool.nslabs), 0);
}

/** dev->dma_parms->min_align_mask, which nobody asked for before commit 1f221a0d0dbf. @ref include/linux/dma-mapping.h:564-569 (dma_get_min_align_mask) */
export function min_align_mask(k: Linux): number {
  return has(k, "1f221a0d0dbf") ? (k.driver.minAlignMask ?? 0) : 0;
}

/**
 * Low bits of an address that a bounce buffer keeps. Where a cell stands for more than 16 bytes, all bits within the cell are
 * kept, so that a cell of the buffer has one cell of its own in the pool.
 * SIMPLIFIED (may miss bugs): offsets within such a cell are those of a device that asks for them.
 */
export function dma_get_min_align_mask(k: Linux): number {
  const { stride } = k.machine.memory;
  return min_align_mask(k) | (stride > 16 ? stride - 1 : 0);
}

/** Bytes from the start of the first slot that was allocated to the mapping's first byte. @ref kernel/dma/swiotlb.c:857-862 (swiotlb_align_offset) */
export function swiotlb_align_offset(k: Linux, align_mask: number, addr: number): number {
  return (addr % PAGE_SIZE) & dma_get_min_align_mask(k) & (align_mask | (IO_TLB_SIZE - 1));
}

/** Consecutive free slots from `index` on, within its segment. */
function free_run(k: Linux, pool: IoTlbPool, index: number): number {
  const end = Math.min(pool.nslabs, index - (index % IO_TLB_SEGSIZE) + IO_TLB_SEGSIZE);
  let at = index;
  while (at < end && is_free(k, pool, at)) at++;
  return at - index;
}

/** Which slots a search may begin at. */
interface Alignment {
  ok(tlb_addr: number): boolean;
  readonly stride: number;
}

/** @ref kernel/dma/swiotlb.c:1062-1090 (swiotlb_search_pool_area) */
function alignment(k: Linux, orig_addr: number, alloc_size: number, requested: number): Alignment {
  let iotlb_align_mask = dma_get_min_align_mask(k);
  let alloc_align_mask = requested;
  if (!has(k, "04867a7a3332")) return alignment_before(orig_addr, alloc_size, iotlb_align_mask | alloc_align_mask);
  if (alloc_align_mask === 0 && min_align_mask(k) === 0 && alloc_size >= PAGE_SIZE) alloc_align_mask = PAGE_SIZE - 1;
  alloc_align_mask |= IO_TLB_SIZE - 1;
  iotlb_align_mask &= ~alloc_align_mask;
  const same = (tlb_addr: number): boolean => orig_addr === 0 || (low(tlb_addr) & iotlb_align_mask) === (low(orig_addr) & iotlb_align_mask);
  return { ok: (tlb_addr) => (low(tlb_addr) & alloc_align_mask) === 0 && same(tlb_addr), stride: (Math.max(alloc_align_mask, iotlb_align_mask) >> IO_TLB_SHIFT) + 1 };
}

/** Before commit 04867a7a3332: an allocation without an original address takes any slot, aligned or not. */
function alignment_before(orig_addr: number, alloc_size: number, mask: number): Alignment {
  const bits = (alloc_size >= PAGE_SIZE ? mask | (PAGE_SIZE - 1) : mask) & ~(IO_TLB_SIZE - 1);
  return { ok: (tlb_addr) => orig_addr === 0 || (low(tlb_addr) & bits) === (low(orig_addr) & bits), stride: (bits >> IO_TLB_SHIFT) + 1 };
}

/** The bits that masks look at. */
const low = (address: number): number => address % 2 ** 30;

/**
 * Takes slots for `alloc_size` bytes in one pool; the first slot's index, or -1.
 * SIMPLIFIED (may miss bugs): the search starts behind the last slots that were taken, as in the kernel, but at the pool's first
 * slot again once it is all free, so that states do not differ by mappings that are gone.
 * @ref kernel/dma/swiotlb.c:1042-1142 (swiotlb_search_pool_area)
 */
export function swiotlb_search_pool_area(k: Linux, pool: IoTlbPool, orig_addr: number, alloc_size: number, alloc_align_mask: number): number {
  const nslots = nr_slots(alloc_size);
  const { ok, stride } = alignment(k, orig_addr, alloc_size, alloc_align_mask);
  const index_at = k.layout.slotIndex + pool.id;
  let index = k.s[index_at]!;
  for (let checked = 0; checked < pool.nslabs; ) {
    const aligned = ok(pool.start + index * IO_TLB_SIZE);
    if (aligned && free_run(k, pool, index) >= nslots) {
      take_slots(k, pool, index, nslots, alloc_size - swiotlb_align_offset(k, 0, orig_addr));
      put(k, index_at, index + nslots >= pool.nslabs ? 0 : index + nslots);
      return index;
    }
    const step = aligned ? stride : 1;
    index = index + step >= pool.nslabs ? 0 : index + step;
    checked += step;
  }
  return -1;
}

function take_slots(k: Linux, pool: IoTlbPool, index: number, nslots: number, bytes: number): void {
  for (let i = 0; i < nslots; i++) {
    set_used(k, pool, index + i, true);
    put(k, slot_row(k, pool, index + i) + SLOT.alloc_size, (bytes - i * IO_TLB_SIZE) >>> 0);
  }
}

/** Writes down what the slots of a mapping stand for. @ref kernel/dma/swiotlb.c:1448-1451 (pad_slots) */
export function swiotlb_save_orig(k: Linux, pool: IoTlbPool, index: number, nslots: number, pad_slots: number, orig_addr: PhysAddr): void {
  put(k, slot_row(k, pool, index) + SLOT.pad_slots, pad_slots);
  for (let i = 0; i < nslots; i++) put64(k, slot_row(k, pool, index + i) + SLOT.orig_addr, orig_addr + i * IO_TLB_SIZE);
}

/** Frees the slots of the mapping or allocation that begins at `tlb_addr`. @ref kernel/dma/swiotlb.c:1467-1518 (swiotlb_release_slots) */
export function swiotlb_release_slots(k: Linux, pool: IoTlbPool, tlb_addr: PhysAddr): void {
  const offset = swiotlb_align_offset(k, 0, tlb_addr);
  let index = Math.floor((tlb_addr - offset - pool.start) / IO_TLB_SIZE);
  index -= slot_of(k, pool, index).pad_slots;
  const nslots = nr_slots(slot_of(k, pool, index).alloc_size + offset);
  for (let i = index; i < index + nslots; i++) {
    set_used(k, pool, i, false);
    clear_words(k, slot_row(k, pool, i), slot_row(k, pool, i) + SLOT.words);
  }
  forget_contents(k, pool, index, nslots);
  if (mem_pool_free(k, pool)) put(k, k.layout.slotIndex + pool.id, 0);
}

/**
 * Frees the state of contents that nobody reads again: with 901c7280ca0d a mapping is copied in over them, whatever its direction.
 * A kernel that leaves the copy out reads poison: what another device's mapping left there may be anything. Slots keep them in a restricted pool, whose allocations are of another kind, and where caches or single bytes count.
 */
export function forget_contents(k: Linux, pool: IoTlbPool, index: number, nslots: number): void {
  if (!has(k, "901c7280ca0d") || k.configuration.swiotlb === "restricted" || k.machine.caches !== null || k.machine.memory.ram.cells > 1) return;
  for (let page = Math.floor(index / 2); page * 2 < index + nslots; page++) {
    if (is_free(k, pool, page * 2) && is_free(k, pool, page * 2 + 1)) k.machine.memory.poison(physToPfn(physAddr(pool.start + page * PAGE_SIZE)));
  }
}

function mem_pool_free(k: Linux, pool: IoTlbPool): boolean {
  for (let i = 0; i < pool.nslabs; i++) if (!is_free(k, pool, i)) return false;
  return true;
}

/** True where the injected failure hits this search. */
export function find_slots_fails(k: Linux): boolean {
  return injected(k, "swiotlb_find_slots");
}
