// SPDX-License-Identifier: MIT
/**
 * The state as it would be, had the operations been done on other buffers and pages. Frames and addresses stay where they are: allocators
 * look for the lowest free place, whoever asks. What changes is whose they are (rows of buffers, user addresses) and what was written
 * to them (tokens, and the garbage that comes of tokens). For pages of a buffer contents change places, between frames and between
 * bounce slots, and so does what a kernel map of one page shows.
 */

import { assert, get64, PAGE_SIZE, pfn, type Pfn, pfnToPhys, physAddr, type PhysAddr, physToPfn, set64, virtAddr, type VirtAddr } from "../base/index.ts";
import type { KernelSymmetry, Operation, Permutation } from "../kernel/index.ts";
import { CACHE_LINE_WORDS, CELL_WORDS, BLOCK_WORDS, type ContentWords, contentWords, Tlb } from "../machine/index.ts";
import { KMAP_KMAP, KMAP_VMAP } from "./bufs.ts";
import { Garbage } from "./garbage.ts";
import { buffers_differ, pages_differ } from "./interchange.ts";
import { BUF, bufAt, MAX_BUF_PAGES, MAX_BUFS, SLOT, slotAt } from "./layout.ts";
import type { Linux } from "./linux.ts";
import { leaf_address, linear_address, USER_MMAP_BASE } from "./mm/page-tables.ts";
import { user_address } from "./ttm/bo-vm.ts";

/** What takes whose contents: by frame, and by its number over all banks. */
interface Moved {
  readonly frames: ReadonlyMap<Pfn, Pfn>;
  readonly numbers: Int32Array;
}

const identity = (images: readonly number[] | undefined): boolean => images === undefined || images.every((image, i) => image === i);

class ModelSymmetry implements KernelSymmetry {
  readonly buffers: string | null;
  readonly pages: string | null;
  private readonly k: Linux;
  private readonly at: ContentWords;
  private readonly garbage: Garbage;
  /** The numbers of frames, and those of `moved`, which the next call writes again. */
  private readonly usual: Int32Array;
  private readonly numbers: Int32Array;
  /** First word of the user PTE of a page of a buffer. */
  private readonly userPtes: readonly (readonly number[])[];

  constructor(k: Linux, operations: readonly Operation[]) {
    this.k = k;
    this.buffers = buffers_differ(k, operations);
    this.pages = pages_differ(k, operations);
    this.at = contentWords(k.machine.config);
    this.usual = Int32Array.from({ length: (this.at.memoryEnd - this.at.memory) / CELL_WORDS }, (_, number) => number);
    this.numbers = this.usual.slice();
    this.garbage = new Garbage(k.machine, k.layout.frames);
    this.userPtes = Array.from({ length: MAX_BUFS }, (_, buf) => Array.from({ length: MAX_BUF_PAGES }, (_p, page) => this.pteAt(user_address(buf, page))));
  }

  /** First of the words of a leaf in a table that boot has made. */
  private pteAt(va: VirtAddr): number {
    const entry = leaf_address(this.k, va);
    assert(entry !== null, "model: boot makes the tables of vmalloc space and of user space");
    return this.k.layout.tables + this.k.tables.wordOf(entry);
  }

  permute(snapshot: Uint32Array, permutation: Permutation, into: Uint32Array): void {
    const image = (buf: number): number => permutation.buffers[buf] ?? buf;
    into.set(snapshot);
    const moved = this.moved(snapshot, permutation);
    this.permuteContents(snapshot, permutation, moved, into);
    for (let buf = 0; buf < MAX_BUFS; buf++) {
      this.permuteRow(snapshot, buf, image, into);
      if (!identity(permutation.pages[buf])) this.permuteKmap(snapshot, buf, image(buf), permutation.pages[buf]!, into);
      if (image(buf) !== buf) for (let page = 0; page < MAX_BUF_PAGES; page++) for (let w = 0; w < 2; w++) into[this.userPtes[image(buf)]![page]! + w] = snapshot[this.userPtes[buf]![page]! + w]!;
    }
    if (this.at.tlbEnd > this.at.tlb && !identity(permutation.buffers)) this.permuteTlb(snapshot, image, into);
  }

  private permuteRow(snapshot: Uint32Array, buf: number, image: (buf: number) => number, into: Uint32Array): void {
    const { layout } = this.k;
    const to = bufAt(layout, image(buf));
    if (image(buf) !== buf) into.set(snapshot.subarray(bufAt(layout, buf), bufAt(layout, buf + 1)), to);
    const from = snapshot[bufAt(layout, buf) + BUF.from]!;
    if (from !== 0) into[to + BUF.from] = 1 + image(from - 1);
  }

  private frameOf(snapshot: Uint32Array, buf: number, page: number): Pfn {
    return pfn(snapshot[bufAt(this.k.layout, buf) + BUF.pages + page]! - 1);
  }

  /** A kernel map of one page shows the page under its new number: another frame, at the same address unless that is the linear map's. */
  private permuteKmap(snapshot: Uint32Array, buf: number, image: number, pages: readonly number[], into: Uint32Array): void {
    const from = bufAt(this.k.layout, buf);
    const to = bufAt(this.k.layout, image);
    const type = snapshot[from + BUF.kmap_type]!;
    if (type !== KMAP_KMAP && type !== KMAP_VMAP) return;
    const page = snapshot[from + BUF.kmap_page]!;
    const other = pages[page] ?? page;
    const [frame, otherFrame] = [this.frameOf(snapshot, buf, page), this.frameOf(snapshot, buf, other)];
    const address = get64(snapshot, from + BUF.kmap_virtual);
    into[to + BUF.kmap_page] = other;
    if (type === KMAP_KMAP) {
      assert(address === linear_address(frame), "model: a kmap() that is not the linear map's");
      set64(into, to + BUF.kmap_virtual, linear_address(otherFrame));
      return;
    }
    // The low word: pages of one buffer lie below 4 GiB, `pages_differ` sees to it.
    const pte = this.pteAt(virtAddr(address));
    into[pte] = snapshot[pte]! + (otherFrame - frame) * PAGE_SIZE;
  }

  /** By frame, the one that has its contents then: that of the page under its new number, and the bounce slot that stands for that. */
  private moved(snapshot: Uint32Array, permutation: Permutation): Moved | null {
    const frames = this.movedFrames(snapshot, permutation);
    if (frames === null) return null;
    const { memory } = this.k.machine;
    const { numbers } = this;
    numbers.set(this.usual);
    for (const [frame, other] of frames) numbers[memory.indexOf(frame)] = memory.indexOf(other);
    return { frames, numbers };
  }

  private movedFrames(snapshot: Uint32Array, { pages }: Permutation): Map<Pfn, Pfn> | null {
    let moved: Map<Pfn, Pfn> | null = null;
    for (let buf = 0; buf < MAX_BUFS; buf++) {
      const images = pages[buf];
      if (identity(images)) continue;
      for (let page = 0; page < images!.length; page++) {
        const frame = this.frameOf(snapshot, buf, page);
        if (frame >= 0 && images![page] !== page) (moved ??= new Map<Pfn, Pfn>()).set(frame, this.frameOf(snapshot, buf, images![page]!));
      }
    }
    if (moved !== null && this.k.swiotlb.frames > 0) for (const [slot, other] of this.movedSlots(snapshot, moved)) moved.set(slot, other);
    return moved;
  }

  private movedSlots(snapshot: Uint32Array, moved: ReadonlyMap<Pfn, Pfn>): [Pfn, Pfn][] {
    const { layout, swiotlb } = this.k;
    const slots = new Map<PhysAddr, Pfn>();
    for (let page = 0; page < swiotlb.frames; page++) {
      const original = get64(snapshot, slotAt(layout, page) + SLOT.first + SLOT.orig_addr);
      if (original !== 0) slots.set(physAddr(original), pfn(swiotlb.firstPfn + page));
    }
    return [...slots].flatMap(([original, slot]): [Pfn, Pfn][] => {
      const other = moved.get(physToPfn(original));
      if (other === undefined) return [];
      const otherSlot = slots.get(pfnToPhys(other));
      assert(otherSlot !== undefined, "model: of two pages of one mapping one is bounced");
      return [[slot, otherSlot]];
    });
  }

  private permuteContents(snapshot: Uint32Array, permutation: Permutation, moved: Moved | null, into: Uint32Array): void {
    const first = this.k.layout.machine;
    const { memory, memoryEnd, caches, cachesEnd } = this.at;
    // One cell to a frame: `buffers_differ` and `pages_differ` see to it.
    for (let index = 0, at = first + memory; at < first + memoryEnd; index++, at += CELL_WORDS) {
      const to = first + memory + (moved === null ? index : moved.numbers[index]!) * CELL_WORDS;
      this.permuteBlock(snapshot, at, permutation, moved, into, to);
      into[to + BLOCK_WORDS] = snapshot[at + BLOCK_WORDS]!;
    }
    for (let line = 0, at = first + caches; at < first + cachesEnd; line++, at += CACHE_LINE_WORDS) {
      const to = first + caches + ((moved === null ? line >> 1 : moved.numbers[line >> 1]!) * 2 + (line & 1)) * CACHE_LINE_WORDS;
      into[to] = snapshot[at]!;
      this.permuteBlock(snapshot, at + 1, permutation, moved, into, to + 1);
    }
  }

  private permuteBlock(snapshot: Uint32Array, at: number, permutation: Permutation, moved: Moved | null, into: Uint32Array, to: number): void {
    if (at !== to) for (let w = 0; w < BLOCK_WORDS; w++) into[to + w] = snapshot[at + w]!;
    this.garbage.permute(into, to, permutation, moved?.frames ?? null);
  }

  /** Stale translations of user addresses are held for the new owner's address, in the order of addresses. */
  private permuteTlb(snapshot: Uint32Array, image: (buf: number) => number, into: Uint32Array): void {
    const first = this.k.layout.machine;
    const { tlb, tlbEnd } = this.at;
    const held = [...new Tlb(snapshot.subarray(first + tlb, first + tlbEnd)).entries()];
    const target = new Tlb(into.subarray(first + tlb, first + tlbEnd));
    target.flushAll();
    for (const { va, lo, hi } of held) {
      const page = (va - USER_MMAP_BASE) / PAGE_SIZE;
      const user = page >= 0 && page < MAX_BUFS * MAX_BUF_PAGES;
      target.hold(user ? user_address(image(Math.floor(page / MAX_BUF_PAGES)), page % MAX_BUF_PAGES) : va, lo, hi);
    }
  }
}

/** The model's answer to `Kernel.symmetry`. */
export function model_symmetry(k: Linux, operations: readonly Operation[]): KernelSymmetry {
  return new ModelSymmetry(k, operations);
}
