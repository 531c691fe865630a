// SPDX-License-Identifier: MIT
/**
 * The oracle's words. A row for each buffer: what it is, what is mapped of it, which of its pages are special; then three words for
 * each cell. Buffers over the pages of another one (dma-buf, userptr) keep what the CPU is promised in that one's row.
 */

import { assert } from "../base/index.ts";

export const KIND_NONE = 0;
/** CPU and device are both promised the last write. */
export const KIND_COHERENT = 1;
/** Ownership goes back and forth: dma_map, dma_sync_*, dma_unmap. */
export const KIND_STREAMING = 2;

/** Directions of a mapping as the row has them; 0 while nothing is mapped. */
export const BIDIRECTIONAL = 1;
export const TO_DEVICE = 2;
export const FROM_DEVICE = 3;

/** Words of a row before its cells. */
export const ROW = {
  kind: 0,
  /** 1 + the buffer whose pages these are: itself, or the one that was imported. */
  origin: 1,
  direction: 2,
  /** Bytes of the buffer that are mapped, [start, end). */
  start: 3,
  end: 4,
  /** Bit n: somebody shared page n with the host on purpose. */
  shared: 5,
  /** Bit n: a conversion of page n failed, so nobody knows its state. */
  unknown: 6,
} as const;
const ROW_WORDS = 7;

/**
 * Words of a cell: the token that the CPU is promised, the one that the device is, and what is not handed over: the token that the
 * device wrote, or `DIRTY`.
 */
export const CELL = { cpu: 0, device: 1, pending: 2 } as const;
export const CELL_WORDS = 3;

/** Something was written that no rule hands over: whoever copies next destroys one of two versions. */
export const DIRTY = 0xffff_ffff;

const PAGE_BYTES = 4096;

export class PromiseLayout {
  readonly buffers: number;
  readonly words: number;
  readonly cellBytes: number;
  /** Cells of a buffer. */
  readonly cells: number;
  /** Words of a buffer's row before its cells. */
  readonly rowWords: number = ROW_WORDS;
  /** Words of a buffer's row, with its cells. */
  readonly bufferWords: number;
  private readonly perPage: number;

  constructor({ buffers, pages, cells = 1 }: { readonly buffers: number; readonly pages: number; readonly cells?: number }) {
    this.buffers = buffers;
    this.perPage = cells;
    this.cells = pages * cells;
    this.cellBytes = PAGE_BYTES / cells;
    this.bufferWords = ROW_WORDS + this.cells * CELL_WORDS;
    this.words = buffers * this.bufferWords;
  }

  /** First word of a buffer's row. */
  row(buf: number): number {
    assert(buf < this.buffers, `oracle: the workload has ${this.buffers} buffers, not ${buf + 1}`);
    return buf * this.bufferWords;
  }

  /** First word of a cell of a buffer. */
  cell(buf: number, cell: number): number {
    assert(cell < this.cells, `oracle: the workload's buffers have ${this.cells} cells, not ${cell + 1}`);
    return this.row(buf) + ROW_WORDS + cell * CELL_WORDS;
  }

  /** The cell of byte `at` of a page. */
  cellOf(page: number, at = 0): number {
    return page * this.perPage + Math.floor(at / this.cellBytes);
  }

  /** Cells that bytes [start, end) of a buffer touch: the first, and the one behind the last. */
  touched(start: number, end: number): readonly [number, number] {
    return [Math.floor(start / this.cellBytes), Math.min(this.cells, Math.ceil(end / this.cellBytes))];
  }

  /** True where bytes [start, end) cover all of a cell. */
  covers(start: number, end: number, cell: number): boolean {
    return start <= cell * this.cellBytes && (cell + 1) * this.cellBytes <= end;
  }

  /** Bytes that `offset` and `size` (0: to the end) name. */
  bytes(offset = 0, size = 0): readonly [number, number] {
    const all = this.cells * this.cellBytes;
    return [offset, size === 0 ? all : Math.min(all, offset + size)];
  }
}
