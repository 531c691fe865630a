// SPDX-License-Identifier: MIT
/**
 * A workload: the operations that may happen, each with what must have happened before. The explorer tries every
 * order of them. Preconditions are bit masks over the workload's progress flags: data, cheap to test, part of the state.
 */

import { type AccessOperation, type Configuration, deviceReads, type DriverProfile, type Operation } from "../kernel/index.ts";
import type { Agent } from "./agents.ts";
import { duringMask, operationsFor, type Sometimes, takesDevice } from "./sometimes/property.ts";
import { holdsWhen } from "./sometimes/when.ts";

/** One operation with its place in the order of things. Masks are over `Workload.flags`, bit 0 first. */
export interface Action {
  readonly operation: Operation;
  /** Flags that must be set before. */
  readonly requires: number;
  /** Flags that must be clear before. */
  readonly forbids: number;
  /** Flags set, and flags cleared, once the operation is done. */
  readonly sets: number;
  readonly clears: number;
}

/** Operations, each with what must have happened before: the explorer tries every order of them. */
export interface Workload {
  /** Name on the command line and in tokens. */
  readonly name: string;
  readonly title: string;
  /** Buffers, and pages of each. */
  readonly buffers: number;
  readonly pages: number;
  /** Cells of a page that promises are kept for; 1 where it is left out. A power of two. */
  readonly cells?: number;
  /** Names of the progress flags, at most 32. */
  readonly flags: readonly string[];
  readonly actions: readonly Action[];
  /** What a complete search must have seen, where it applies (`suited`). */
  readonly sometimes: readonly Sometimes[];
}

/** True where a device of this driver on this machine can take part in an operation. */
function possible(operation: Operation, driver: DriverProfile, { platform }: Configuration): boolean {
  switch (operation.op) {
    case "dev_read":
    case "dev_write":
      return deviceReads(driver);
    case "bo_move":
      return (driver.vram === true || operation.to !== "vram") && (deviceReads(driver) || operation.by !== "device");
    case "bo_evict":
      return driver.vram === true;
    case "dev_accept":
    case "dev_revoke":
      return platform.teeIo;
    default:
      return true;
  }
}

/** Leaves out what needs a flag that nothing sets any more. */
function reachable(actions: readonly Action[]): readonly Action[] {
  const settable = actions.reduce((bits, a) => bits | a.sets, 0);
  const left = actions.filter((a) => (a.requires & ~settable) === 0);
  return left.length === actions.length ? actions : reachable(left);
}

/**
 * The workload as far as a driver's device and the machine can take part: without accesses of a device that never touches system pages,
 * VRAM where there is none, acceptance where there is no TEE-IO; with write-backs where caches hold lines. Properties that ask for what
 * is left out, or whose condition does not hold, are left out too; those that ask for what the workload never had are not.
 */
export function suited(workload: Workload, driver: DriverProfile, configuration: Configuration): Workload {
  const full = withEnvironment(workload, configuration);
  // What the workload itself never comes to is no matter of driver or machine.
  const before = reachable(full.actions);
  const actions = reachable(full.actions.filter((a) => possible(a.operation, driver, configuration)));
  const settable = (of: readonly Action[]): number => of.reduce((bits, a) => bits | a.sets, 0);
  // Flags that nothing sets any more.
  const lost = settable(before) & ~settable(actions);
  const applies = (s: Sometimes): boolean =>
    holdsWhen(s.when, configuration, driver) &&
    !(takesDevice(s) && !deviceReads(driver)) &&
    (duringMask(s, full.flags) & lost) === 0 &&
    operationsFor(s).every((matches) => actions.some((a) => matches(a.operation)) || !before.some((a) => matches(a.operation)));
  return { ...full, actions, sometimes: workload.sometimes.filter(applies) };
}

/** The workload with the moves of the machine: where caches hold dirty lines, any of them may be written back at any time. */
export function withEnvironment(workload: Workload, { coherent = true, platform }: Configuration): Workload {
  if (coherent) return workload;
  const places = new Map<string, { readonly buf: number; readonly page: number }>();
  for (const { operation: o } of workload.actions) if (isAccess(o)) places.set(`${o.buf}/${o.page}`, { buf: o.buf, page: o.page });
  const tags = platform.cBit < 0 ? [false] : [false, true];
  const moves = [...places.values()].flatMap(({ buf, page }) => tags.map((cbit): Operation => ({ op: "writeback", buf, page, cbit })));
  const known = new Set(workload.actions.map((a) => JSON.stringify(a.operation)));
  const added = moves.filter((o) => !known.has(JSON.stringify(o))).map((operation): Action => ({ operation, requires: 0, forbids: 0, sets: 0, clears: 0 }));
  return { ...workload, actions: [...workload.actions, ...added] };
}

/** True where `action` may come next after `progress`. */
export function mayRun(action: Action, progress: number): boolean {
  return (~progress & action.requires) === 0 && (progress & action.forbids) === 0;
}

/** The progress after `action` is done. */
export function advance(action: Action, progress: number): number {
  return ((progress | action.sets) & ~action.clears) >>> 0;
}

/** True for operations that only read page contents. They change nothing but caches. */
export function isRead(operation: Operation): boolean {
  return operation.op === "cpu_read" || operation.op === "dev_read" || operation.op === "host_read";
}

/** True for accesses to page contents. */
export function isAccess(operation: Operation): operation is AccessOperation {
  return isRead(operation) || operation.op === "cpu_write" || operation.op === "dev_write" || operation.op === "host_write";
}

/** True for operations that may change who sees a page how: all but accesses and what has no effect by itself. */
export function changesViews(operation: Operation): boolean {
  return !isAccess(operation) && operation.op !== "writeback" && operation.op !== "fail";
}

/** The agent of an access; null for other operations. */
export function agentOf(operation: Operation): Agent | null {
  switch (operation.op) {
    case "cpu_read":
    case "cpu_write":
      return operation.alias;
    case "dev_read":
    case "dev_write":
      return "device";
    case "host_read":
    case "host_write":
      return "host";
    default:
      return null;
  }
}
