// SPDX-License-Identifier: MIT
/**
 * Translations that outlive their page-table entry: whoever changes a present entry leaves the old one in some TLB until
 * it is flushed, or until the environment evicts it. Held entries win over the tables: the worst case.
 * Ref: AMD APM vol. 2 sec. 5.5 (translation-lookaside buffer).
 * SIMPLIFIED (may miss bugs): one TLB for all CPUs and all address spaces; entries of upper levels are never held.
 */

import { hiWord, InternalError, join64, loWord, NOBODY_LISTENS, PAGE_SIZE, type VirtAddr, type WriteListener } from "../base/index.ts";
import { PTE_PRESENT } from "./facts/pte-bits.ts";

/** Stale entries that there is room for; one more is an internal error, since none must be forgotten. */
const ENTRIES = 32;
/** Page number (two words, the first one + 1 so that 0 is free), entry (two words). */
const ENTRY_WORDS = 4;

/** Words that the TLB needs. */
export function tlbWords(): number {
  return ENTRIES * ENTRY_WORDS;
}

export class Tlb {
  private readonly words: Uint32Array;
  private readonly written: WriteListener;

  constructor(words: Uint32Array, written: WriteListener = NOBODY_LISTENS) {
    this.words = words;
    this.written = written;
  }

  private pageAt(at: number): number {
    return join64(this.words[at]!, this.words[at + 1]!);
  }

  private find(va: VirtAddr): number {
    const page = Math.floor(va / PAGE_SIZE) + 1;
    for (let at = 0; at < this.words.length; at += ENTRY_WORDS) {
      const held = this.pageAt(at);
      if (held === page) return at;
      if (held === 0) return -1;
    }
    return -1;
  }

  /**
   * Holds the entry that the tables had for `va`, before it is changed; the oldest one stays where one is held already.
   * Entries that were not present are in no TLB. What is held is in the order of addresses, whichever was held first.
   */
  hold(va: VirtAddr, lo: number, hi: number): void {
    if ((lo & PTE_PRESENT) === 0 || this.find(va) >= 0) return;
    const { words } = this;
    if (this.pageAt(words.length - ENTRY_WORDS) !== 0) throw new InternalError("tlb: more stale entries than there is room for");
    const page = Math.floor(va / PAGE_SIZE) + 1;
    let at = 0;
    while (this.pageAt(at) !== 0 && this.pageAt(at) < page) at += ENTRY_WORDS;
    words.copyWithin(at + ENTRY_WORDS, at, words.length - ENTRY_WORDS);
    words[at] = loWord(page);
    words[at + 1] = hiWord(page);
    words[at + 2] = lo;
    words[at + 3] = hi;
    this.written(at, words.length);
  }

  /** The entry held for `va`: [low word, high word]; null where the tables decide. */
  held(va: VirtAddr): readonly [number, number] | null {
    const at = this.find(va);
    return at < 0 ? null : [this.words[at + 2]!, this.words[at + 3]!];
  }

  /** All that is held, by address. */
  *entries(): Generator<{ readonly va: VirtAddr; readonly lo: number; readonly hi: number }> {
    for (let at = 0; at < this.words.length && this.pageAt(at) !== 0; at += ENTRY_WORDS) {
      yield { va: ((this.pageAt(at) - 1) * PAGE_SIZE) as VirtAddr, lo: this.words[at + 2]!, hi: this.words[at + 3]! };
    }
  }

  /** Drops what is held for `va`. */
  flushPage(va: VirtAddr): void {
    const at = this.find(va);
    if (at < 0) return;
    this.words.copyWithin(at, at + ENTRY_WORDS);
    this.words.fill(0, this.words.length - ENTRY_WORDS);
    this.written(at, this.words.length);
  }

  /** Drops everything. */
  flushAll(): void {
    this.words.fill(0);
    this.written(0, this.words.length);
  }

  /** True where nothing is held. */
  get empty(): boolean {
    return this.words.every((w) => w === 0);
  }
}
