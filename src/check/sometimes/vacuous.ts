// SPDX-License-Identifier: MIT
/**
 * Whether a complete search says something of what its workload is about. A property that it has not seen makes the case vacuous, unless a
 * violation that is reported kept it from being seen:
 *
 * - of what the workload does: all ways through the workload's flags to one of the operations that the property takes begin with a
 *   step that ended in a violation, or its own read ended in one;
 * - of what the kernel does with frames (`ofKernel`): the same, or any error is reported: then the kernel does not do what it should.
 */

import { CbitError, EXIT } from "../../base/index.ts";
import type { Independence } from "../explorer/space.ts";
import { advance, mayRun, type Workload } from "../workload.ts";
import { duringMask, ofKernel, operationsFor, type Sometimes, sometimesText } from "./property.ts";
import type { ReachedData } from "./reached.ts";

/** A complete search. */
export interface Searched {
  readonly workload: Workload;
  readonly seen: ReachedData;
  /** Errors are reported of it. */
  readonly broken: boolean;
  /** What it left out steps by: one that was taken before an independent one is not taken after it. */
  readonly independence?: Independence | undefined;
}

/** Properties of the workload that were neither seen nor kept from it. */
export function missing(searched: Searched): Sometimes[] {
  const { workload, seen, broken } = searched;
  const unseen = workload.sometimes.map((_, n) => n).filter((n) => !seen.properties.includes(n) && !seen.blocked.includes(n));
  if (unseen.length === 0) return [];
  const left = unseen.filter((n) => !(broken && ofKernel(workload.sometimes[n]!)));
  const open = openSteps(searched);
  return left.map((n) => workload.sometimes[n]!).filter((s) => !keptFrom(workload, s, open, seen));
}

type Steps = ReadonlyMap<number, readonly number[]>;

/** Steps that ended, and those that would have, had they been taken: by flags, the actions. */
function closedSteps({ workload: { actions }, seen, independence }: Searched): Steps {
  const closed = new Map<number, number[]>();
  const waiting = [...seen.ended];
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    const [progress, ended] = step;
    const here = closed.get(progress) ?? [];
    if (here.includes(ended)) continue;
    closed.set(progress, [...here, ended]);
    const commutes = (other: number): boolean => independence !== undefined && ((independence[ended]![other >>> 5]! >>> (other & 31)) & 1) === 1;
    waiting.push(...actions.flatMap((a, n) => (mayRun(a, progress) && commutes(n) ? [[advance(a, progress), ended] as const] : [])));
  }
  return closed;
}

/** By flags that can be reached without the steps that ended: the actions that may be taken then. */
function openSteps(searched: Searched): Steps {
  const { actions } = searched.workload;
  const closed = closedSteps(searched);
  const open = new Map<number, readonly number[]>();
  const waiting = [0];
  for (let progress = waiting.pop(); progress !== undefined; progress = waiting.pop()) {
    if (open.has(progress)) continue;
    const at = progress;
    const taken = actions.flatMap((action, n) => (mayRun(action, at) && closed.get(at)?.includes(n) !== true ? [n] : []));
    open.set(at, taken);
    waiting.push(...taken.map((n) => advance(actions[n]!, at)));
  }
  return open;
}

function keptFrom(workload: Workload, s: Sometimes, open: Steps, { ended }: ReachedData): boolean {
  if (ended.length === 0) return false;
  const during = duringMask(s, workload.flags);
  return operationsFor(s).some((matches) => {
    const mine = new Set(workload.actions.flatMap(({ operation }, n) => (matches(operation) ? [n] : [])));
    return mine.size > 0 && ![...open].some(([progress, actions]) => (progress & during) === during && actions.some((n) => mine.has(n)));
  });
}

/** @throws CbitError (CBIT-302) where the search never did what the workload is about */
export function assertNotVacuous(searched: Searched, id: string): void {
  const left = missing(searched).map(sometimesText);
  if (left.length === 0) return;
  const { workload } = searched;
  throw new CbitError({
    code: "CBIT-302",
    exit: EXIT.noVerdict,
    message: `the workload ${workload.name} never comes to what it is about on ${id}, so that its verdict would be empty: ${left.join("; ")}`,
    hint: `\`cbit list workloads\` shows what ${workload.name} must come to. Either the kernel or the device's description keeps it from that, or a condition of the workload does.`,
  });
}
