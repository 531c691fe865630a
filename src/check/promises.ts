// SPDX-License-Identifier: MIT
/**
 * How promises move: writes, and the calls of the DMA API that hand a buffer over. A promise is made only where every
 * implementation of the API has to keep it, whether it bounces, flushes or does nothing.
 * Refs: Documentation/core-api/dma-api-howto.rst ("Using Streaming DMA mappings"), Documentation/core-api/dma-api.rst (dma_sync_single_for_cpu).
 */

import type { DmaDirection } from "../kernel/index.ts";
import { BIDIRECTIONAL, CELL, DIRTY, FROM_DEVICE, KIND_COHERENT, KIND_NONE, type PromiseLayout, ROW, TO_DEVICE } from "./promise-words.ts";

const DIRECTIONS: Readonly<Record<DmaDirection, number>> = { bidirectional: BIDIRECTIONAL, to_device: TO_DEVICE, from_device: FROM_DEVICE };

/** A view of the oracle's words, with what may happen to them. */
export class Promises {
  readonly layout: PromiseLayout;
  private words: Uint32Array = new Uint32Array(0);

  constructor(layout: PromiseLayout) {
    this.layout = layout;
  }

  /** Works on `words` from now on. */
  on(words: Uint32Array): this {
    this.words = words;
    return this;
  }

  get(buf: number, field: keyof typeof ROW): number {
    return this.words[this.layout.row(buf) + ROW[field]]!;
  }

  set(buf: number, field: keyof typeof ROW, value: number): void {
    this.words[this.layout.row(buf) + ROW[field]] = value;
  }

  private word(buf: number, cell: number, field: keyof typeof CELL): number {
    return this.words[this.layout.cell(buf, cell) + CELL[field]]!;
  }

  private put(buf: number, cell: number, field: keyof typeof CELL, value: number): void {
    this.words[this.layout.cell(buf, cell) + CELL[field]] = value;
  }

  private origin(buf: number): number {
    return this.get(buf, "kind") === KIND_NONE ? buf : this.get(buf, "origin") - 1;
  }

  /** True where two buffers have the same pages. */
  related(a: number, b: number): boolean {
    return a === b || (b < this.layout.buffers && this.origin(a) === this.origin(b));
  }

  /** The token that the CPU, or the device, is promised; 0 where nothing is. */
  toCpu(buf: number, cell: number): number {
    return this.word(this.origin(buf), cell, "cpu");
  }

  toDevice(buf: number, cell: number): number {
    return this.word(buf, cell, "device");
  }

  /** What is not handed over: a token, `DIRTY`, or 0. */
  pending(buf: number, cell: number): number {
    return this.word(buf, cell, "pending");
  }

  /** A new buffer, or the end of one: nothing is promised. @param from the buffer whose pages it has */
  reset(buf: number, kind: number, from: number = buf): void {
    const row = this.layout.row(buf);
    for (let at = row; at < row + this.layout.bufferWords; at++) this.words[at] = 0;
    if (kind === KIND_NONE) return;
    const origin = this.origin(from);
    this.set(buf, "kind", kind);
    this.set(buf, "origin", origin + 1);
    if (kind === KIND_COHERENT) for (let cell = 0; cell < this.layout.cells; cell++) this.put(buf, cell, "device", this.toCpu(buf, cell));
  }

  private mapped(buf: number, cell: number): boolean {
    if (this.get(buf, "direction") === 0) return false;
    const [first, end] = this.layout.touched(this.get(buf, "start"), this.get(buf, "end"));
    return cell >= first && cell < end;
  }

  /** What a write in memory does to the device view of a buffer over the same page. */
  private overtake(buf: number, cell: number, token: number): void {
    if (this.get(buf, "kind") === KIND_COHERENT) this.put(buf, cell, "device", token);
    else if (this.mapped(buf, cell)) {
      this.put(buf, cell, "device", 0);
      if (this.get(buf, "direction") !== TO_DEVICE) this.put(buf, cell, "pending", DIRTY);
    }
  }

  /** The CPU wrote. With token 0: from now on nothing is promised. */
  cpuWrote(buf: number, cell: number, token: number): void {
    const origin = this.origin(buf);
    this.put(origin, cell, "cpu", token);
    for (let b = 0; b < this.layout.buffers; b++) if (this.origin(b) === origin) this.overtake(b, cell, token);
  }

  deviceWrote(buf: number, cell: number, token: number): void {
    const direction = this.get(buf, "direction");
    if (this.get(buf, "kind") === KIND_COHERENT) {
      this.cpuWrote(buf, cell, token);
      return;
    }
    const before = this.word(buf, cell, "pending");
    this.cpuWrote(buf, cell, 0);
    if (!this.mapped(buf, cell) || direction === TO_DEVICE) return;
    this.put(buf, cell, "pending", before === DIRTY || token === 0 ? DIRTY : token);
    this.put(buf, cell, "device", direction === FROM_DEVICE ? 0 : token);
  }

  /** dma_map_*(): the device gets what the CPU wrote, unless it is to write only or the caller wants no sync. */
  map(buf: number, direction: DmaDirection, [start, end]: readonly [number, number], skipSync: boolean): void {
    this.set(buf, "direction", DIRECTIONS[direction]);
    this.set(buf, "start", start);
    this.set(buf, "end", end);
    const [first, behind] = this.layout.touched(start, end);
    for (let cell = first; cell < behind; cell++) {
      const clean = this.layout.covers(start, end, cell) && !skipSync;
      this.put(buf, cell, "device", clean && direction !== "from_device" ? this.toCpu(buf, cell) : 0);
      this.put(buf, cell, "pending", clean || direction === "to_device" ? 0 : DIRTY);
    }
  }

  /** Bytes of the buffer that `offset` and `size` (0: to the end) name in its mapping. */
  ofMapping(buf: number, offset = 0, size = 0): readonly [number, number] {
    const [start, end] = [this.get(buf, "start"), this.get(buf, "end")];
    return [start + offset, size === 0 ? end : Math.min(end, start + offset + size)];
  }

  /** Bytes [start, end) of the mapping as cells: the first, and the one behind the last. */
  private within(buf: number, [start, end]: readonly [number, number]): readonly [number, number, number, number] {
    const from = Math.max(start, this.get(buf, "start"));
    const to = Math.min(end, this.get(buf, "end"));
    return from >= to ? [0, 0, from, to] : [...this.layout.touched(from, to), from, to];
  }

  /** dma_sync_*_for_device(). */
  syncForDevice(buf: number, bytes: readonly [number, number]): void {
    const direction = this.get(buf, "direction");
    if (direction === 0 || direction === FROM_DEVICE) return;
    const [first, behind, from, to] = this.within(buf, bytes);
    for (let cell = first; cell < behind; cell++) {
      const pending = this.word(buf, cell, "pending");
      // The device's write and the CPU's old copy: one of them is lost.
      if (pending !== 0 && pending !== DIRTY) this.cpuWrote(buf, cell, 0);
      this.put(buf, cell, "device", this.layout.covers(from, to, cell) ? this.toCpu(buf, cell) : 0);
      if (this.layout.covers(from, to, cell)) this.put(buf, cell, "pending", 0);
    }
  }

  /** dma_sync_*_for_cpu(): the CPU gets what the device wrote. */
  syncForCpu(buf: number, bytes: readonly [number, number]): void {
    const direction = this.get(buf, "direction");
    if (direction === 0 || direction === TO_DEVICE) return;
    const [first, behind, from, to] = this.within(buf, bytes);
    for (let cell = first; cell < behind; cell++) {
      const pending = this.word(buf, cell, "pending");
      if (pending === 0) continue;
      const covered = this.layout.covers(from, to, cell);
      const token = covered && pending !== DIRTY ? pending : 0;
      this.cpuWrote(buf, cell, token);
      this.put(buf, cell, "pending", covered ? 0 : DIRTY);
      this.put(buf, cell, "device", direction === FROM_DEVICE ? 0 : token);
    }
  }

  /** dma_unmap_*(). */
  unmap(buf: number, skipSync: boolean): void {
    const [start, end] = [this.get(buf, "start"), this.get(buf, "end")];
    if (this.get(buf, "direction") === 0) return;
    const [first, behind] = this.layout.touched(start, end);
    for (let cell = first; cell < behind; cell++) {
      // A cell that is mapped in part may be copied back in part.
      if (!this.layout.covers(start, end, cell) && this.word(buf, cell, "pending") !== 0) this.cpuWrote(buf, cell, 0);
    }
    if (!skipSync) this.syncForCpu(buf, [start, end]);
    for (const field of ["direction", "start", "end"] as const) this.set(buf, field, 0);
    for (let cell = first; cell < behind; cell++) for (const field of ["device", "pending"] as const) this.put(buf, cell, field, 0);
  }
}
