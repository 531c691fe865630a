// SPDX-License-Identifier: MIT
/** The symmetry of a kernel under a workload, on states as `kernel-space.ts` has them: progress, the oracle's words, the kernel's snapshot. */

import type { Kernel, KernelSymmetry } from "../kernel/index.ts";
import type { Symmetry } from "./explorer/space.ts";
import { CELL_WORDS, DIRTY, type PromiseLayout, ROW } from "./promise-words.ts";
import { keepsProperties } from "./sometimes/symmetry.ts";
import { type Renaming, workloadSymmetry } from "./workload-symmetry.ts";
import type { Workload } from "./workload.ts";

/** Words in front of a snapshot: the progress, then the oracle's. */
const PROGRESS = 0;
const ORACLE = 1;

/** A symmetry, and what it leaves out. */
export interface FoundSymmetry {
  /** Undefined where the kernel cannot exchange anything. */
  readonly symmetry: Symmetry | undefined;
  readonly renamings: readonly Renaming[];
  /** What is not exchanged although the workload has several, each with why; empty where everything is. */
  readonly leftOut: readonly string[];
}

/** Bits of pages under their new numbers. All 32 stay all: they stand for the whole buffer. */
function permuteBits(bits: number, images: readonly number[]): number {
  if (bits === 0) return 0;
  const known = images.reduce((m, _, page) => (m | (1 << page)) >>> 0, 0);
  return images.reduce((m, image, page) => (((bits >>> page) & 1) === 1 ? (m | (1 << image)) >>> 0 : m), (bits & ~known) >>> 0);
}

/** The oracle's words under other numbers: rows by buffer, cells by page, tokens. */
function permuteOracle(layout: PromiseLayout, words: Uint32Array, r: Renaming, into: Uint32Array): void {
  const perPage = layout.cellOf(1);
  for (let buf = 0; buf < layout.buffers; buf++) {
    const from = ORACLE + layout.row(buf);
    const to = ORACLE + layout.row(r.buffers[buf]!);
    const images = r.pages[buf]!;
    for (let w = 0; w < layout.rowWords; w++) into[to + w] = words[from + w]!;
    const origin = words[from + ROW.origin]!;
    into[to + ROW.origin] = origin === 0 ? 0 : 1 + r.buffers[origin - 1]!;
    into[to + ROW.shared] = permuteBits(words[from + ROW.shared]!, images);
    into[to + ROW.unknown] = permuteBits(words[from + ROW.unknown]!, images);
    for (let cell = 0; cell < layout.cells; cell++) {
      const page = Math.floor(cell / perPage);
      const source = ORACLE + layout.cell(buf, cell);
      const target = ORACLE + layout.cell(r.buffers[buf]!, (images[page] ?? page) * perPage + (cell % perPage));
      for (let w = 0; w < CELL_WORDS; w++) {
        const token = words[source + w]!;
        into[target + w] = token === 0 || token === DIRTY ? token : r.token(token);
      }
    }
  }
}

function permuteProgress(progress: number, flags: readonly number[]): number {
  let image = 0;
  for (let bit = 0; bit < flags.length; bit++) if (((progress >>> bit) & 1) === 1) image |= 1 << flags[bit]!;
  return image >>> 0;
}

class StateSymmetry implements Symmetry {
  readonly actions: readonly (readonly number[])[];
  private readonly renamings: readonly Renaming[];
  private readonly kernel: KernelSymmetry;
  private readonly layout: PromiseLayout;
  /** First word of the snapshot. */
  private readonly tail: number;

  constructor(kernel: KernelSymmetry, layout: PromiseLayout, tail: number, renamings: readonly Renaming[]) {
    this.kernel = kernel;
    this.layout = layout;
    this.tail = tail;
    this.renamings = renamings;
    this.actions = renamings.map((r) => r.actions);
  }

  head(words: Uint32Array, permutation: number): number {
    return permuteProgress(words[PROGRESS]!, this.renamings[permutation]!.flags);
  }

  permute(words: Uint32Array, permutation: number, into: Uint32Array): void {
    const r = this.renamings[permutation]!;
    const { tail } = this;
    into.fill(0, ORACLE + this.layout.words, tail);
    into[PROGRESS] = permuteProgress(words[PROGRESS]!, r.flags);
    permuteOracle(this.layout, words, r, into);
    this.kernel.permute(words.subarray(tail), r, into.subarray(tail));
  }
}

/** What the workload treats alike and the kernel does not, or not as far as is known: each with why. */
function leftOutOf(workload: Workload, own: KernelSymmetry | undefined, capped: boolean): string[] {
  const opaque = "the kernel's snapshots are opaque";
  const [buffers, pages] = own === undefined ? [opaque, opaque] : [own.buffers, own.pages];
  const alike = (what: "buffers" | "pages"): boolean => workloadSymmetry(workload, { buffers: what === "buffers", pages: what === "pages" }).renamings.length > 1;
  return [
    ...(buffers !== null && workload.buffers > 1 && alike("buffers") ? [`buffers: ${buffers}`] : []),
    ...(pages !== null && workload.pages > 1 && alike("pages") ? [`pages: ${pages}`] : []),
    ...(capped ? ["pages: there are too many ways to exchange them"] : []),
  ];
}

/** Finds what may be exchanged. @param tail first word of the snapshot */
export function kernelSymmetry(kernel: Kernel, workload: Workload, layout: PromiseLayout, tail: number): FoundSymmetry {
  const own = kernel.symmetry?.(workload.actions.map((a) => a.operation));
  if (own === undefined) return { symmetry: undefined, renamings: [], leftOut: leftOutOf(workload, own, false) };
  const found = workloadSymmetry(workload, { buffers: own.buffers === null, pages: own.pages === null });
  const { capped } = found;
  const keeps = keepsProperties(workload);
  const renamings = found.renamings.filter((r) => keeps(r.actions));
  return { symmetry: new StateSymmetry(own, layout, tail, renamings), renamings, leftOut: leftOutOf(workload, own, capped) };
}
