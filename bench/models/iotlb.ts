// SPDX-License-Identifier: MIT
/**
 * DMA mappings behind an IOMMU whose IOTLB is flushed in batches (`iommu.strict=0`): four I/O virtual addresses, three
 * frames. Unmapping clears the page table and queues the address; until the flush the IOTLB may go on translating it, so neither
 * address nor frame may be used again before. The bug: a frame is freed without waiting, somebody else gets it, and the device still
 * reaches it.
 */

import { STEP_MOVED, STEP_SAME, type Space, type StepKind } from "../../dist/check/explorer/space.js";
import type { Model, Variant } from "./model.ts";

const ADDRESSES = 4;
const FRAMES = 3;

/** One word for each address, with three frames or NONE: what the page table has, what it had before unmap, what the IOTLB holds. */
const NONE = 3;
const ANY = 3;
const QUEUED_SHIFT = 2;
const TLB_SHIFT = 4;
const EMPTY = NONE | (NONE << QUEUED_SHIFT) | (NONE << TLB_SHIFT);

/** The word behind them has two bits for each frame: whose it is. */
const OWNERS = ADDRESSES;
const WORDS = ADDRESSES + 1;
const UNUSED = 0;
const DRIVER = 1;
const OTHER = 2;

/** Actions of an address: one map for each frame first. */
const DEV_ACCESS = FRAMES;
const UNMAP = FRAMES + 1;
const TLB_EVICT = FRAMES + 2;
const ADDRESS_KINDS = FRAMES + 3;
const ADDRESS_NAMES = ["dev_access", "unmap", "tlb_evict"] as const;
/** Then those of a frame. */
const FIRST_OF_FRAMES = ADDRESSES * ADDRESS_KINDS;
const ALLOC = 0;
const FREE = 1;
const REUSE = 2;
const FRAME_KINDS = 4;
const FRAME_NAMES = ["alloc", "free", "reuse", "release"] as const;
/** Then the queue's. */
const FLUSH = FIRST_OF_FRAMES + FRAMES * FRAME_KINDS;
const ACTIONS = FLUSH + 1;

/** By action: the address or the frame, and the kind among its own. */
const OBJECT = Uint8Array.from({ length: ACTIONS }, (_, a) => Math.floor(a < FIRST_OF_FRAMES ? a / ADDRESS_KINDS : (a - FIRST_OF_FRAMES) / FRAME_KINDS));
const KIND = Uint8Array.from({ length: ACTIONS }, (_, a) => (a < FIRST_OF_FRAMES ? a % ADDRESS_KINDS : (a - FIRST_OF_FRAMES) % FRAME_KINDS));

const pte = (address: number): number => address & ANY;
const queued = (address: number): number => (address >>> QUEUED_SHIFT) & ANY;
const tlb = (address: number): number => (address >>> TLB_SHIFT) & ANY;
const owner = (owners: number, frame: number): number => (owners >>> (2 * frame)) & 3;

class Iotlb implements Space {
  readonly actions: number = ACTIONS;
  readonly stateWords: number = WORDS;
  readonly state: Uint32Array = new Uint32Array(WORDS);
  readonly violations: number[] = [];
  private readonly bug: boolean;
  private entered: Uint32Array = this.state;

  constructor({ bug }: Variant) {
    this.bug = bug;
  }

  start(): void {
    this.state.fill(EMPTY);
    this.state[OWNERS] = UNUSED;
  }

  enter(words: Uint32Array): void {
    this.entered = words;
  }

  enabled(action: number): boolean {
    if (action < FIRST_OF_FRAMES) return this.addressMay(this.entered[OBJECT[action]!]!, KIND[action]!);
    if (action < FLUSH) return this.frameMay(OBJECT[action]!, KIND[action]!);
    for (let i = 0; i < ADDRESSES; i++) if (queued(this.entered[i]!) !== NONE) return true;
    return false;
  }

  private addressMay(address: number, kind: number): boolean {
    switch (kind) {
      case DEV_ACCESS: return pte(address) !== NONE || tlb(address) !== NONE;
      case UNMAP: return pte(address) !== NONE;
      case TLB_EVICT: return tlb(address) !== NONE;
      default: return pte(address) === NONE && queued(address) === NONE && owner(this.entered[OWNERS]!, kind) === DRIVER;
    }
  }

  private frameMay(frame: number, kind: number): boolean {
    const { entered } = this;
    const user = owner(entered[OWNERS]!, frame);
    if (kind === ALLOC || kind === REUSE) return user === UNUSED;
    if (kind !== FREE) return user === OTHER;
    if (user !== DRIVER) return false;
    for (let i = 0; i < ADDRESSES; i++) {
      const address = entered[i]!;
      if (pte(address) === frame || (!this.bug && queued(address) === frame)) return false;
    }
    return true;
  }

  step(action: number): StepKind {
    const { state, entered } = this;
    if (action < FIRST_OF_FRAMES) {
      const before = entered[OBJECT[action]!]!;
      const next = addressAfter(before, KIND[action]!);
      if (next === before) return STEP_SAME;
      for (let i = 0; i < WORDS; i++) state[i] = entered[i]!;
      state[OBJECT[action]!] = next;
      return STEP_MOVED;
    }
    for (let i = 0; i < WORDS; i++) state[i] = entered[i]!;
    if (action === FLUSH) {
      for (let i = 0; i < ADDRESSES; i++) if (queued(state[i]!) !== NONE) state[i] = EMPTY;
    } else {
      const shift = 2 * OBJECT[action]!;
      const kind = KIND[action]!;
      const user = kind === ALLOC ? DRIVER : kind === REUSE ? OTHER : UNUSED;
      state[OWNERS] = (entered[OWNERS]! & ~(3 << shift)) | (user << shift);
    }
    return STEP_MOVED;
  }

  judge(): void {
    if (this.violations.length > 0) this.violations.length = 0;
    const owners = this.entered[OWNERS]!;
    for (let i = 0; i < ADDRESSES; i++) {
      const frame = tlb(this.entered[i]!);
      if (frame !== NONE && owner(owners, frame) === OTHER) {
        this.violations.push(0);
        return;
      }
    }
  }
}

function addressAfter(address: number, kind: number): number {
  switch (kind) {
    case DEV_ACCESS: return tlb(address) === NONE ? (address & ~(ANY << TLB_SHIFT)) | (pte(address) << TLB_SHIFT) : address;
    case UNMAP: return (address & (ANY << TLB_SHIFT)) | NONE | (pte(address) << QUEUED_SHIFT);
    case TLB_EVICT: return address | (NONE << TLB_SHIFT);
    default: return (address & ~ANY) | kind;
  }
}

export const iotlb: Model = {
  name: "iotlb",
  title: "4 I/O addresses, 3 frames, IOTLB flushed in batches",
  states: 75_435,
  transitions: 715_932,
  bug: { steps: 6, what: "a freed page is reused while a stale translation lives" },
  space: (variant) => new Iotlb(variant),
  orbits: null,
  nameOf(action) {
    if (action === FLUSH) return "flush";
    const kind = KIND[action]!;
    const object = OBJECT[action]!;
    if (action >= FIRST_OF_FRAMES) return `${FRAME_NAMES[kind]!} frame ${object}`;
    return kind < FRAMES ? `map ${object} frame ${kind}` : `${ADDRESS_NAMES[kind - FRAMES]!} ${object}`;
  },
};
