// SPDX-License-Identifier: MIT
/** What workloads are written with: actions with their conditions by name, and the accesses of one page. */

import { type Action, type Agent, type Sometimes, tokenOf } from "../../check/index.ts";
import type { CpuAlias, Operation } from "../../kernel/index.ts";

/** When an action may run, and what it changes; flags by name. */
export interface Conditions<F extends string> {
  readonly needs?: readonly F[];
  readonly not?: readonly F[];
  readonly sets?: readonly F[];
  readonly clears?: readonly F[];
}

/** A function that makes actions over these flags. */
export function actionsOver<const F extends string>(flags: readonly F[]): (operation: Operation, conditions?: Conditions<F>) => Action {
  const mask = (names: readonly F[] = []): number => names.reduce((m, f) => m | (1 << flags.indexOf(f)), 0);
  return (operation, { needs, not, sets, clears } = {}) => ({ operation, requires: mask(needs), forbids: mask(not), sets: mask(sets), clears: mask(clears) });
}

/** The write of an agent to page 0 of a buffer. */
export function writeBy(agent: Agent, buf = 0): Operation {
  const value = tokenOf(agent, buf);
  if (agent === "device") return { op: "dev_write", buf, page: 0, value };
  return agent === "host" ? { op: "host_write", buf, page: 0, value } : { op: "cpu_write", buf, page: 0, alias: agent as CpuAlias, value };
}

/** The read of an agent from page 0 of a buffer. */
export function readBy(agent: Agent, buf = 0): Operation {
  if (agent === "device") return { op: "dev_read", buf, page: 0 };
  return agent === "host" ? { op: "host_read", buf, page: 0 } : { op: "cpu_read", buf, page: 0, alias: agent as CpuAlias };
}

/** Every reader after every writer. @param at the buffer that is read, where it is another one over the same pages */
export function everyPair(readers: readonly Agent[], writers: readonly Agent[], buf = 0, at?: number): Sometimes[] {
  return writers.flatMap((writer) => readers.map((reader) => ({ reader, writer, buf, ...(at === undefined ? {} : { at }) })));
}

/** Operations that must have been done. */
export function allDone(...ops: readonly Operation["op"][]): Sometimes[] {
  return ops.map((done) => ({ done }));
}
