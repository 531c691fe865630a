// SPDX-License-Identifier: MIT
/** How a search goes on, on one line of a terminal: states, states a second, depth, frontier, memory. */

import { performance } from "node:perf_hooks";
import type { OnProgress, Progress } from "../check/index.ts";
import { thousands } from "../report/index.ts";
import type { Context } from "./context.ts";
import { sizeText } from "./quantities.ts";

/** The line. @param rate states a second */
export function progressLine({ states, depth, frontier, bytes }: Progress, rate: number): string {
  return `${thousands(states)} states, ${thousands(Math.round(rate))}/s, depth ${depth}, frontier ${thousands(frontier)}, ${sizeText(bytes)}`;
}

/** Milliseconds between two lines: more of them nobody could read. */
const PAUSE_MS = 100;

/** Shows it where there is a terminal. @param before what stands in front of it */
export function searchProgress(context: Context, before = ""): OnProgress {
  let first: { readonly at: number; readonly states: number } | null = null;
  let shown = -Infinity;
  return (progress) => {
    const at = performance.now();
    first ??= { at, states: progress.states };
    if (at - shown < PAUSE_MS) return;
    shown = at;
    context.progress(`${before}${progressLine(progress, ((progress.states - first.states) * 1000) / Math.max(1, at - first.at))}`);
  };
}
