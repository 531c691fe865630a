// SPDX-License-Identifier: MIT
/** Which actions of a workload commute, for partial-order reduction. `test/independence.test.ts` tries all that is declared here. */

import type { Kernel } from "../kernel/index.ts";
import { independenceFrom } from "./explorer/diamond.ts";
import type { Independence } from "./explorer/space.ts";
import { type Footprint, Footprints } from "./footprint.ts";
import { duringMask, operationsFor } from "./sometimes/property.ts";
import type { Action, Workload } from "./workload.ts";

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  for (const part of a) if (b.has(part)) return true;
  return false;
}

/** True where neither writes what the other reads or writes. */
function apart(a: Footprint | null, b: Footprint | null): boolean {
  return a !== null && b !== null && !overlap(a.writes, b.writes) && !overlap(a.writes, b.reads) && !overlap(a.reads, b.writes);
}

/** True where `b` may still run after `a`, and the progress is the same whichever is done first. */
function leavesAlone(a: Action, b: Action): boolean {
  const sets = a.sets & ~a.clears;
  return (sets & b.forbids) === 0 && (a.clears & b.requires) === 0 && (sets & b.clears) === 0 && (a.clears & b.sets) === 0;
}

/** By action: the flags that it is seen with. A property that names flags tells orders apart that lead to the same state. */
function flagsSeenWith(workload: Workload): number[] {
  const properties = workload.sometimes.map((s) => ({ flags: duringMask(s, workload.flags), matches: operationsFor(s) }));
  return workload.actions.map(({ operation }) => properties.reduce((bits, { flags, matches }) => (matches.some((m) => m(operation)) ? bits | flags : bits), 0));
}

/** The independent actions of a workload on a kernel; undefined where the kernel does not say what its operations share. */
export function independenceOf(workload: Workload, { configuration, sharing }: Pick<Kernel, "configuration" | "sharing">): Independence | undefined {
  if (sharing === undefined) return undefined;
  const footprints = new Footprints(workload, configuration, sharing === "heap");
  const { actions } = workload;
  const each = actions.map((_, action) => footprints.of(action));
  const seen = flagsSeenWith(workload);
  const unseen = (a: number, b: number): boolean => ((actions[a]!.sets | actions[a]!.clears) & seen[b]!) === 0;
  return independenceFrom(actions.length, (a, b) => apart(each[a]!, each[b]!) && leavesAlone(actions[a]!, actions[b]!) && leavesAlone(actions[b]!, actions[a]!) && unseen(a, b) && unseen(b, a));
}
