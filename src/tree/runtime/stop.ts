// SPDX-License-Identifier: MIT
/** How an operation ends that the simulated kernel cannot finish. Thrown through wasm frames, caught at the entry. */

import { wasmFrames } from "./frames.ts";

const SHOWN_FRAMES = 6;

export class KernelStop extends Error {
  /** The kernel's file and line, or the function. */
  readonly at: string;

  constructor(reason: string, at: string) {
    super(reason);
    this.name = "KernelStop";
    this.at = at;
  }
}

/** The innermost kernel functions of a wasm trap's stack, "a <- b <- c". */
export function trapPlace(error: Error): string {
  return wasmFrames(error).slice(0, SHOWN_FRAMES).join(" <- ");
}
