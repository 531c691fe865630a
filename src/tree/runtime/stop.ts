// SPDX-License-Identifier: MIT
/** How an operation ends that the simulated kernel cannot finish. Thrown through wasm frames, caught at the entry. */

import type { Fault } from "../../machine/index.ts";
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

/** A CPU that halts with interrupts off. */
export class CpuHalt extends KernelStop {
  constructor() {
    super("the CPU halts for good", "");
  }
}

/** An access of the kernel's own code that the machine does not let through. */
export class KernelFault extends Error {
  readonly fault: Fault;
  readonly at: string;

  constructor(fault: Fault, at: string) {
    super(`${fault.fault} in the kernel at 0x${fault.address.toString(16)}`);
    this.name = "KernelFault";
    this.fault = fault;
    this.at = at;
  }
}

/** What ended an operation. @throws errors of ours again */
export function stopOf(error: unknown): { reason: string; at: string; frames: string[] } {
  if (error instanceof KernelStop || error instanceof KernelFault) return { reason: error.message, at: error.at, frames: wasmFrames(error) };
  if (error instanceof Error && error.constructor.name === "RuntimeError") return { reason: `trap: ${error.message}`, at: "", frames: wasmFrames(error) };
  // V8 ends recursion without an end this way; in frames of ours it would be a bug of ours.
  if (error instanceof RangeError && wasmFrames(error).length > 0) return { reason: "the kernel's stack ran over", at: "", frames: wasmFrames(error) };
  throw error;
}

/** What ended an operation, and where: the place that the kernel named, else its innermost functions, "a <- b <- c". @throws errors of ours again */
export function placedStopOf(error: unknown): { reason: string; at: string } {
  const { reason, at, frames } = stopOf(error);
  return { reason, at: at === "" ? frames.slice(0, SHOWN_FRAMES).join(" <- ") : at };
}
