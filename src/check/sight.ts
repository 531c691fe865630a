// SPDX-License-Identifier: MIT
/** What there is to see of the pages of a workload's buffers after each step of a trace. */

import type { BufferPage, FrameState, Kernel, Operation, View } from "../kernel/index.ts";
import type { Oracle, PromiseRun } from "./oracle.ts";
import { type Replay, type ReplayStep, replayOn } from "./replay.ts";
import type { Workload } from "./workload.ts";

/** A page of a buffer: its memory, who sees it how, and what they are promised. */
export interface PageSight extends BufferPage {
  /** Null while nothing is behind the page: it is not populated, or swapped out. */
  readonly frame: FrameState | null;
  /** The frame that the device is to use in its place; null where there is none. */
  readonly bounce: FrameState | null;
  readonly views: readonly View[];
  readonly promised: readonly PromiseRun[];
}

/** A step with what there is to see of every page after it. */
export interface SeenStep extends ReplayStep {
  /** Pages with memory, with a view, or with a promise; ordered by buffer and page. */
  readonly pages: readonly PageSight[];
}

/** A replay with what there is to see after each step. */
export interface SeenReplay extends Replay {
  readonly steps: readonly SeenStep[];
}

function pagesOf(kernel: Kernel, workload: Workload, oracle: Oracle, words: Uint32Array): PageSight[] {
  const frames = kernel.frames();
  const all = kernel.views();
  const pages: PageSight[] = [];
  for (let buf = 0; buf < workload.buffers; buf++) {
    for (let page = 0; page < workload.pages; page++) {
      const mine = (p: BufferPage): boolean => p.buf === buf && p.page === page;
      const frame = frames.find((f) => f.pages.some(mine)) ?? null;
      const bounce = frames.find((f) => f.bounces.some(mine)) ?? null;
      const views = all.filter(mine);
      const promised = oracle.promised(words, buf, page);
      const empty = promised.every((p) => p.cpu === null && p.device === null && p.pending === null);
      if (frame !== null || bounce !== null || views.length > 0 || !empty) pages.push({ buf, page, frame, bounce, views, promised });
    }
  }
  return pages;
}

/** `replayOn`, looking at all pages after each step. @throws CbitError as that does */
export function watchReplay(kernel: Kernel, workload: Workload, operations: readonly Operation[]): SeenReplay {
  const sights: PageSight[][] = [];
  const replay = replayOn(kernel, workload, operations, (oracle, words) => void sights.push(pagesOf(kernel, workload, oracle, words)));
  return { ...replay, steps: replay.steps.map((step, i) => ({ ...step, pages: sights[i]! })) };
}
