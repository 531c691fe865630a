// SPDX-License-Identifier: MIT
/** What simpler orders of operations there are: with usual values, with one buffer or page for another, through another mapping, with reader and writer exchanged. */

import { type ArgumentSpec, CPU_ALIASES, type CpuAlias, type Operation, OPERATIONS } from "../../kernel/index.ts";
import { formatStep, usualToken } from "../trace.ts";
import type { Workload } from "../workload.ts";

type Fields = Readonly<Record<string, string | number | boolean>>;

const fieldsOf = (operation: Operation): Fields => operation as unknown as Fields;

/** How far an argument is from the simplest that it could be. */
function distance(spec: ArgumentSpec, operation: Operation): number {
  const value = fieldsOf(operation)[spec.name];
  if (value === undefined || spec.name === "alias") return 0;
  switch (spec.type) {
    case "value":
      return value === usualToken(operation) ? 0 : 1;
    case "flag":
      return value === true ? 1 : 0;
    case "word":
      return value === spec.default ? 0 : spec.words!.indexOf(value as string) + 1;
    default:
      // Fewer pages are simpler than the usual number of them.
      return spec.name === "pages" ? (value as number) : Math.abs((value as number) - Number(spec.default ?? 0));
  }
}

/** How far an operation's arguments are from the simplest ones. */
export function complexity(operation: Operation): number {
  return OPERATIONS[operation.op].arguments.reduce((sum, spec) => sum + distance(spec, operation), 0);
}

/** The operation with other fields; what it writes remains its writer's own token where it was. */
function withFields(operation: Operation, fields: Fields): Operation {
  const changed = { ...operation, ...fields } as Operation;
  return "value" in changed && "value" in operation && operation.value === usualToken(operation) ? { ...changed, value: usualToken(changed)! } : changed;
}

/** Arguments that name a buffer. */
const BUFFERS: readonly string[] = ["buf", "from"];

/** All operations with one value of an argument for another. */
function renamed(operations: readonly Operation[], names: readonly string[], from: unknown, to: string | number | boolean): Operation[] {
  return operations.map((o) => {
    const mine = names.filter((name) => fieldsOf(o)[name] === from);
    return mine.length === 0 ? o : withFields(o, Object.fromEntries(mine.map((name) => [name, to])));
  });
}

/** Who reads and writes: through a mapping, or the device. */
type Reader = CpuAlias | "device";
const READERS: readonly Reader[] = [...CPU_ALIASES, "device"];

/** What makes and unmakes a mapping, for each kind of buffer that has it. */
const MAKERS: Partial<Record<Reader, readonly (readonly Operation["op"][])[]>> = {
  kmap: [["bo_kmap", "bo_kunmap"]],
  vmap: [["bo_vmap", "bo_vunmap"], ["vmap", "vunmap"]],
  user: [["bo_fault"], ["user_map", "user_unmap"], ["dma_mmap", "user_unmap"]],
};

/** Who makes an access; null for the host's, and for other operations. */
function readerOf(operation: Operation): Reader | null {
  if ("alias" in operation) return operation.alias;
  return operation.op === "dev_read" || operation.op === "dev_write" ? "device" : null;
}

/** The same access by somebody else. */
function accessBy(operation: Operation, reader: Reader): Operation {
  const { alias: _alias, op: _op, ...fields } = fieldsOf(operation) as Fields & { readonly alias?: string };
  const kind = "value" in operation ? "write" : "read";
  const made = (reader === "device" ? { ...fields, op: `dev_${kind}` } : { ...fields, op: `cpu_${kind}`, alias: reader }) as unknown as Operation;
  return "value" in made && "value" in operation && operation.value === usualToken(operation) ? { ...made, value: usualToken(made)! } : made;
}

/** The operation of `actions` that is nearest to another one's arguments; null where there is none of that name. */
function likeIn(actions: readonly Operation[], op: Operation["op"] | undefined, given: Fields): Operation | null {
  const same = actions.filter((a) => a.op === op);
  return same.find((a) => Object.entries(fieldsOf(a)).every(([name, value]) => name === "op" || given[name] === undefined || given[name] === value)) ?? same[0] ?? null;
}

/** All operations with somebody's accesses made by somebody else, and with that one's mapping in place of the first one's. */
function through(operations: readonly Operation[], actions: readonly Operation[], from: Reader, to: Reader): Operation[] {
  const target = MAKERS[to]?.find((ops) => actions.some((a) => a.op === ops[0])) ?? [];
  const sources = MAKERS[from] ?? [];
  return operations.flatMap((o) => {
    const reader = readerOf(o);
    if (reader !== null) return [reader === from ? accessBy(o, to) : o];
    const role = sources.map((ops) => ops.indexOf(o.op)).find((index) => index >= 0);
    if (role === undefined) return [o];
    const other = likeIn(actions, target[role], fieldsOf(o));
    return other === null ? [] : [other];
  });
}

/** All operations with the accesses of two readers exchanged; their mappings stay. */
function exchanged(operations: readonly Operation[], a: Reader, b: Reader): Operation[] {
  return operations.map((o) => {
    const reader = readerOf(o);
    return reader === a ? accessBy(o, b) : reader === b ? accessBy(o, a) : o;
  });
}

function valuesOf(operations: readonly Operation[], names: readonly string[]): (string | number | boolean)[] {
  return [...new Set(operations.flatMap((o) => names.map((n) => fieldsOf(o)[n]).filter((v) => v !== undefined)))];
}

/** Orders that may be simpler, in a fixed order: joint changes first. Whether the workload allows them is not looked at. */
export function* variants(operations: readonly Operation[], workload: Workload): Generator<readonly Operation[]> {
  const actions = workload.actions.map((a) => a.operation);
  const specs = Object.values(OPERATIONS).flatMap((o) => o.arguments);
  const names = new Set(specs.filter((s) => s.type !== "value" && s.name !== "alias").map((s) => (BUFFERS.includes(s.name) ? "buf" : s.name)));
  for (const name of names) {
    const group = name === "buf" ? BUFFERS : [name];
    const known = valuesOf(actions, group);
    for (const from of valuesOf(operations, group)) for (const to of known) if (to !== from) yield renamed(operations, group, from, to);
  }
  const present = READERS.filter((reader) => operations.some((o) => readerOf(o) === reader || (MAKERS[reader] ?? []).some((ops) => ops.includes(o.op))));
  for (const from of present) for (const to of READERS) if (to !== from) yield through(operations, actions, from, to);
  for (const [i, a] of present.entries()) for (const b of present.slice(i + 1)) yield exchanged(operations, a, b);
  for (const [index, operation] of operations.entries()) {
    const text = formatStep(operation);
    for (const other of actions) {
      if (other.op === operation.op && formatStep(other) !== text) yield operations.with(index, other);
    }
  }
  for (let index = 1; index < operations.length; index++) {
    yield [...operations.slice(0, index - 1), operations[index]!, operations[index - 1]!, ...operations.slice(index + 1)];
  }
}
