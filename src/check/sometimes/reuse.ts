// SPDX-License-Identifier: MIT
/** Pages that are used again: what a step gave up, and whether an order that may follow gives it to a buffer. */

import type { Configuration, Kernel, Operation, View } from "../../kernel/index.ts";
import { advance, mayRun, type Workload } from "../workload.ts";
import { TAKES } from "./property.ts";

/** A frame that a buffer had. */
export interface Released {
  readonly pfn: number;
  /** The linear map had it shared. */
  readonly shared: boolean;
}

/** True where a view's attribute is that of shared memory, on machines with an attribute. */
export function isShared(view: View, { platform }: Configuration): boolean {
  return platform.cBit >= 0 && view.cBit === platform.setMeansShared;
}

/** Frames that the linear map showed of a buffer and that no buffer has any more. */
export function releasedFrames(buf: number, before: readonly View[], after: readonly View[], configuration: Configuration): Released[] {
  const live = new Set(after.map((v) => v.pfn));
  return before.filter((v) => v.buf === buf && v.kind === "linear" && !live.has(v.pfn)).map((v) => ({ pfn: v.pfn, shared: isShared(v, configuration) }));
}

/** Getting a page takes that many operations at most: pool_shrink, bo_create, bo_populate. */
const STEPS = 3;
const LEADS: ReadonlySet<Operation["op"]> = new Set<Operation["op"]>(["bo_create", "pool_shrink", ...TAKES]);

/**
 * True where some operations that the workload allows in the kernel's present state lead to one of `released` being a page of buffer
 * `to`, private in the linear map where that is asked for. Leaves the kernel in another state.
 */
export function reusedBy(kernel: Kernel, workload: Workload, progress: number, to: number, released: readonly Released[], asPrivate: boolean): boolean {
  const frames = new Set(released.map((r) => r.pfn));
  const found = (v: View): boolean => v.buf === to && v.kind === "linear" && frames.has(v.pfn) && !(asPrivate && isShared(v, kernel.configuration));
  const from = (flags: number, left: number): boolean => {
    const here = kernel.save().slice();
    for (const action of workload.actions) {
      const { operation } = action;
      if (!LEADS.has(operation.op) || !mayRun(action, flags)) continue;
      kernel.restore(here);
      if (kernel.apply(operation).outcome !== "done") continue;
      if (TAKES.has(operation.op) && kernel.views().some(found)) return true;
      if (left > 1 && from(advance(action, flags), left - 1)) return true;
    }
    return false;
  };
  return frames.size > 0 && from(progress, STEPS);
}
