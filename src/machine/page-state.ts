// SPDX-License-Identifier: MIT
/**
 * Who owns a page, as the platform keeps it outside of the guest's reach: AMD's reverse map table (RMP), Intel's secure
 * EPT, Arm's granule protection table with the realm's IPA states.
 * Refs: AMD APM vol. 2 sec. 15.36 (Assigned, Validated); Documentation/arch/x86/tdx.rst:16-25; RMM specification DEN0137 A5.
 */

import { assert, NOBODY_LISTENS, type WriteListener } from "../base/index.ts";

/** Assigned and validated (SNP), accepted (TDX), RIPAS RAM and assigned (CCA). What a machine boots with. */
export const PAGE_PRIVATE = 0;
/** Owned by the hypervisor (SNP), mapped in the shared EPT (TDX), RIPAS EMPTY with its unprotected alias mapped (CCA). */
export const PAGE_SHARED = 1;
/** Given to the guest and not taken yet: not validated (SNP), PENDING (TDX), RAM but unassigned (CCA). */
export const PAGE_UNACCEPTED = 2;

export type PageState = typeof PAGE_PRIVATE | typeof PAGE_SHARED | typeof PAGE_UNACCEPTED;

const NAMES: Readonly<Record<PageState, string>> = { [PAGE_PRIVATE]: "private", [PAGE_SHARED]: "shared", [PAGE_UNACCEPTED]: "unaccepted" };

/** The name reports use. */
export function pageStateName(state: PageState): string {
  return NAMES[state];
}

/** Which mechanism a platform has; `none` keeps no state, as SME and SEV without SNP do. */
export type Ownership = "none" | "rmp" | "sept" | "gpt";

const BITS = 2;
const PER_WORD = 16;

/** Words that the states of `frames` frames take. */
export function pageStateWords(ownership: Ownership, frames: number): number {
  return ownership === "none" ? 0 : Math.ceil(frames / PER_WORD);
}

export class PageStates {
  private readonly words: Uint32Array;
  private readonly written: WriteListener;

  /** @param words a view of the state, `pageStateWords()` long */
  constructor(words: Uint32Array, written: WriteListener = NOBODY_LISTENS) {
    this.words = words;
    this.written = written;
  }

  /** The state of frame number `index` of RAM. */
  get(index: number): PageState {
    if (this.words.length === 0) return PAGE_PRIVATE;
    return ((this.words[Math.floor(index / PER_WORD)]! >>> ((index % PER_WORD) * BITS)) & 3) as PageState;
  }

  set(index: number, state: PageState): void {
    assert(this.words.length > 0, "page state: this platform keeps none");
    const at = Math.floor(index / PER_WORD);
    const shift = (index % PER_WORD) * BITS;
    this.words[at] = ((this.words[at]! & ~(3 << shift)) | (state << shift)) >>> 0;
    this.written(at, at + 1);
  }
}
