// SPDX-License-Identifier: MIT
/**
 * Five buffers of a GPU driver as TTM moves them about, each by itself: where the pages are, their cache attribute, whether
 * they are encrypted, whether the CPU has a mapping, and whether its caches hold lines that memory does not have yet.
 * What devices reach is decrypted first, and only clean, unmapped pages change their attributes.
 *
 * A buffer by itself has 14 states and 53 transitions, so five have 14^5 and 5 * 14^4 * 53.
 */

import { STEP_MOVED, STEP_SAME, type Space, type StepKind, type Symmetry } from "../../dist/check/explorer/space.js";
import type { Model, Variant } from "./model.ts";
import { permutationsOf } from "./permutations.ts";
import { numbering, tabulate } from "./tables.ts";

const BUFFERS = 5;

/** A buffer is one word: its place in the low bits, flags above. */
const PLACE = 3;
const SYSTEM = 0;
const TT = 1;
const VRAM = 2;
const SWAPPED = 3;
/** Write-combined; else cached. */
const WC = 1 << 2;
const ENCRYPTED = 1 << 3;
const MAPPED = 1 << 4;
const DIRTY = 1 << 5;
const BUFFER_BITS = 6;
const BUFFER_VALUES = 1 << BUFFER_BITS;

const NAMES = [
  "map", "unmap", "cpu_read", "cpu_write", "flush", "dev_read", "dev_write", "decrypt", "encrypt",
  "bind", "unbind", "set_wc", "set_wb", "move_to_vram", "evict", "swapout", "swapin",
] as const;
type Name = (typeof NAMES)[number];
const KINDS = NAMES.length;

function mayRun(name: Name, buffer: number): boolean {
  const place = buffer & PLACE;
  const atDevice = place === TT || place === VRAM;
  const mapped = (buffer & MAPPED) !== 0;
  const dirty = (buffer & DIRTY) !== 0;
  const encrypted = (buffer & ENCRYPTED) !== 0;
  const wc = (buffer & WC) !== 0;
  switch (name) {
    case "map": return !mapped && (atDevice || (encrypted && place === SYSTEM));
    case "unmap": case "cpu_read": case "cpu_write": return mapped;
    case "flush": return dirty;
    case "dev_read": return atDevice;
    case "dev_write": return atDevice && !dirty;
    case "decrypt": return place === SYSTEM && encrypted && !mapped && !dirty;
    case "encrypt": case "bind": return place === SYSTEM && !encrypted;
    case "unbind": case "set_wc": return place === TT && !wc && !mapped && !dirty;
    case "set_wb": case "move_to_vram": return place === TT && wc && !mapped;
    case "evict": return place === VRAM && !mapped;
    case "swapout": return place === SYSTEM && encrypted && !mapped;
    case "swapin": return place === SWAPPED;
  }
}

function after(name: Name, buffer: number): number {
  const flags = buffer & ~PLACE;
  switch (name) {
    case "map": return buffer | MAPPED;
    case "unmap": return buffer & ~MAPPED;
    case "cpu_read": case "dev_read": case "dev_write": return buffer;
    case "cpu_write": return (buffer & WC) === 0 ? buffer | DIRTY : buffer;
    case "flush": return buffer & ~DIRTY;
    case "decrypt": return buffer & ~ENCRYPTED;
    case "encrypt": return buffer | ENCRYPTED;
    case "bind": case "evict": return flags | TT;
    case "unbind": case "swapin": return flags | SYSTEM;
    case "set_wc": return buffer | WC;
    case "set_wb": return buffer & ~WC;
    case "move_to_vram": return flags | VRAM;
    case "swapout": return (flags & ~DIRTY) | SWAPPED;
  }
}

/** What must hold of a buffer, in the order of buffers.m; -1 where all of it does. */
function faultOf(buffer: number): number {
  const place = buffer & PLACE;
  const wc = (buffer & WC) !== 0;
  const encrypted = (buffer & ENCRYPTED) !== 0;
  if (place === VRAM && !wc) return 0;
  if (encrypted && wc) return 1;
  if (encrypted && (place === TT || place === VRAM)) return 2;
  if ((buffer & DIRTY) !== 0 && wc) return 3;
  return -1;
}

const { mayRun: MAY_RUN, after: AFTER } = tabulate(NAMES, BUFFER_VALUES, mayRun, after);
/** By a buffer's word: what is wrong with it. */
const FAULT = Int8Array.from({ length: BUFFER_VALUES }, (_, buffer) => faultOf(buffer));
const { object: BUFFER_OF, kind: KIND_OF } = numbering(BUFFERS, KINDS);

class Buffers implements Space {
  readonly actions: number = BUFFERS * KINDS;
  readonly stateWords: number = 1;
  readonly wordBits: readonly number[] = [BUFFERS * BUFFER_BITS];
  /** All buffers side by side. */
  readonly state: Uint32Array = new Uint32Array(1);
  readonly violations: number[] = [];
  readonly symmetry?: Symmetry;
  private entered = 0;

  constructor(variant: Variant) {
    if (variant.symmetry === true) this.symmetry = symmetryOfBuffers();
  }

  start(): void {
    this.state[0] = 0;
    for (let i = 0; i < BUFFERS; i++) this.state[0] |= (SYSTEM | ENCRYPTED) << (i * BUFFER_BITS);
  }

  enter(words: Uint32Array): void {
    this.entered = words[0]!;
  }

  enabled(action: number): boolean {
    return ((MAY_RUN[bufferOf(this.entered, BUFFER_OF[action]!)]! >>> KIND_OF[action]!) & 1) !== 0;
  }

  choices(into: Uint32Array): number {
    let count = 0;
    for (let i = 0; i < BUFFERS; i++) {
      for (let may = MAY_RUN[bufferOf(this.entered, i)]!; may !== 0; may &= may - 1) into[count++] = i * KINDS + 31 - Math.clz32(may & -may);
    }
    return count;
  }

  step(action: number): StepKind {
    const buffer = BUFFER_OF[action]!;
    const before = bufferOf(this.entered, buffer);
    const next = AFTER[KIND_OF[action]! * BUFFER_VALUES + before]!;
    if (next === before) return STEP_SAME;
    this.state[0] = this.entered ^ ((before ^ next) << (buffer * BUFFER_BITS));
    return STEP_MOVED;
  }

  judge(): void {
    if (this.violations.length > 0) this.violations.length = 0;
    for (let i = 0; i < BUFFERS; i++) {
      const fault = FAULT[bufferOf(this.entered, i)]!;
      if (fault >= 0) this.violations.push(fault);
    }
  }
}

function bufferOf(state: number, buffer: number): number {
  return (state >>> (buffer * BUFFER_BITS)) & (BUFFER_VALUES - 1);
}

/** All buffers are alike: any may stand for any other. */
function symmetryOfBuffers(): Symmetry {
  const orders = permutationsOf(BUFFERS);
  return {
    actions: orders.map((order) => Array.from(KIND_OF, (kind, action) => order[BUFFER_OF[action]!]! * KINDS + kind)),
    permute(words, permutation, into): void {
      const order = orders[permutation]!;
      into[0] = 0;
      for (let i = 0; i < BUFFERS; i++) into[0] |= bufferOf(words[0]!, i) << (order[i]! * BUFFER_BITS);
    },
  };
}

export const buffers: Model = {
  name: "buffers",
  title: "5 buffers x {place, caching, encrypted, mapped, dirty}",
  states: 537_824,
  transitions: 10_180_240,
  bug: null,
  /** Multisets of 5 of 14. */
  orbits: 8_568,
  space: (variant) => new Buffers(variant),
  nameOf: (action) => `${NAMES[KIND_OF[action]!]!} ${BUFFER_OF[action]!}`,
};
