// SPDX-License-Identifier: MIT
/** What the functions behind a module's imports see of it. */

import type { Costs, Injectable, KernelEvent } from "../../kernel/index.ts";
import type { Device, Fault, Machine } from "../../machine/index.ts";
import type { DataPort } from "./data.ts";
import type { StaleEntries } from "./stale-entries.ts";

/** A function that the module imports, with its type: "i32", "i64" and so on. */
export interface ImportType {
  readonly name: string;
  readonly params: readonly string[];
  readonly result: string | null;
}

/** A call of a traced function (lower/traces.ts). */
export interface TracedCall {
  readonly function: string;
  /** Its first four arguments, 0 where it has fewer. */
  readonly args: readonly bigint[];
  /** Functions that it was called from, innermost first. */
  readonly callers: readonly string[];
}

export type MutableCosts = { -readonly [K in keyof Costs]: Costs[K] };

/** Counters at zero. */
export function noCosts(): MutableCosts {
  return { conversions: 0, convertedPages: 0, tlbFlushes: 0, cacheFlushes: 0, hypercalls: 0, bouncedBytes: 0, sharedPages: 0 };
}

export interface GuestPort {
  readonly machine: Machine;
  /** What the kernel did, and the calls behind it; null while nobody listens. */
  readonly events: KernelEvent[] | null;
  readonly calls: TracedCall[];
  /** Places of the WARN()s since somebody last emptied it. */
  readonly warnings: string[];
  /** File and line of traced functions. */
  readonly places: Readonly<Record<string, string>>;
  readonly port: DataPort;
  /** The device behind the driver, and what stopped an access of it that the driver asked for; null where nothing did. */
  readonly device: Device;
  deviceFault: Fault | null;
  /** Hears what the kernel says, where somebody listens. */
  readonly listener: GuestListener | null;
  /** What the TLB holds of changed entries; null where an entry counts from the moment it is written. */
  readonly stale: StaleEntries | null;
  /** An injected failure was met in the running operation. */
  injected: boolean;
  /** What operations cost; no part of the state. */
  readonly costs: MutableCosts;
  /** True where a call of this function is the one that was chosen to fail: asked while the guest's code runs. */
  fails(fn: Injectable): boolean;
  /** Counts steps of the running operation for what the host does for it: its next jump back ends it where they are too many. */
  spend(steps: number): void;
  /** A NUL-terminated string, or `length` bytes. */
  text(address: number, length?: number): string;
  /** Calls an entry point from within a call, on the stack as it is there; what it left of it is gone afterwards. */
  callInside(name: string, argument: bigint): void;
}

/** What a run of the kernel's own tests wants to know at once. */
export interface GuestListener {
  /** A message of the kernel's log, as printk() formatted it. @param level the kernel's, 0 to 7 */
  log(level: number, text: string): void;
  /** A WARN(). @param at file and line @param frames the functions that it was reached through, innermost first */
  warned(at: string, frames: readonly string[]): void;
}

/** A host function; pointers and 64-bit integers come and go as bigint. */
// oxlint-disable-next-line no-explicit-any
export type HostFunction = (...args: any[]) => number | bigint | undefined;
export type HostFunctions = Readonly<Record<string, HostFunction>>;
