// SPDX-License-Identifier: MIT
/** "Sometimes" properties: what a search must have seen at least once, or else its verdict says nothing of what the workload is about. */

import { assert } from "../../base/index.ts";
import type { CpuAlias, Operation } from "../../kernel/index.ts";
import { type Agent, bufferOfToken, tokenOf } from "../agents.ts";
import type { When } from "./when.ts";

/**
 * Something that a complete search must have seen. Each depends on a state, an action and what it came to, and on nothing that
 * was tried before, so that it does not matter in which order or by which worker steps are taken. `buf` is 0 where it is left out.
 */
export type Sometimes = { readonly when?: When } & (
  | Pair
  | Done
  /** A write-back changed something: a line was dirty. */
  | { readonly writtenBack: true }
  /** An injected failure was met in an operation. */
  | { readonly injected: Operation["op"] }
  /** Somebody outside was at private contents of a buffer, whatever came of it: ciphertext, or a fault. */
  | { readonly outside: "host" | "device"; readonly buf?: number }
  /** The device reached a buffer at another frame than the CPU's: a bounce buffer. */
  | { readonly bounced: number }
  /** The linear mapping of a buffer was shared. */
  | { readonly shared: number }
  /** A frame of a buffer was given up, and then given to a buffer; the same one too where `to` is left out. With `madePrivate` it was shared before and is private then. */
  | { readonly reused: number; readonly to?: number; readonly madePrivate?: boolean }
);

/**
 * A reader was promised what a writer wrote to a buffer, and read, while these flags of the workload were set. The host is promised
 * nothing: it read what the writer wrote.
 */
export interface Pair {
  readonly reader: Agent;
  readonly writer: Agent;
  readonly buf?: number;
  /** The buffer that is read, where it is another one over the same pages. */
  readonly at?: number;
  readonly during?: readonly string[];
}

/** An operation with these arguments was done while these flags of the workload were set. */
export interface Done {
  readonly done: Operation["op"];
  readonly by?: CpuAlias;
  readonly to?: string;
  readonly atomic?: boolean;
  readonly during?: readonly string[];
}

const ofBuffer = (buf: number): string => (buf === 0 ? "" : ` (buffer ${buf})`);

/** What a property asks for, in words: the name that reports and JSON have for it. */
export function sometimesText(s: Sometimes): string {
  if ("reader" in s) return `${s.reader}${s.at === undefined ? "" : ` (buffer ${s.at})`} after ${s.writer}${ofBuffer(s.buf ?? 0)}${whileText(s)}`;
  if ("done" in s) return doneText(s);
  if ("writtenBack" in s) return "dirty line written back";
  if ("injected" in s) return `injected failure in ${s.injected}`;
  if ("outside" in s) return `${s.outside} at private contents${ofBuffer(s.buf ?? 0)}`;
  if ("bounced" in s) return `bounced${ofBuffer(s.bounced)}`;
  if ("shared" in s) return `shared with the host${ofBuffer(s.shared)}`;
  const what = s.madePrivate === true ? "shared page reused as private one" : "page reused";
  return `${what} (buffer ${s.reused} to ${s.to ?? s.reused})`;
}

function whileText({ during = [] }: Pair | Done): string {
  return during.length === 0 ? "" : ` while ${during.join(", ")}`;
}

function doneText(s: Done): string {
  const { done, by, to, atomic } = s;
  const given = [by === undefined ? "" : `:${by}`, to === undefined ? "" : ` to=${to}`, atomic === true ? " atomic" : ""].join("");
  return `${done}${given}${whileText(s)}`;
}

/**
 * What the kernel does with frames, other than what the workload does: a kernel that gets it wrong need not do it, and is told of that
 * by the rules.
 */
export function ofKernel(s: Sometimes): boolean {
  return "bounced" in s || "shared" in s || "reused" in s;
}

const MAPS: ReadonlySet<Operation["op"]> = new Set<Operation["op"]>(["dma_map", "bo_populate"]);
const SHARES: ReadonlySet<Operation["op"]> = new Set<Operation["op"]>(["set_memory_decrypted", "dma_alloc", "bo_populate"]);
/** Operations that give pages up, and those that get pages. */
export const GIVE_UP: ReadonlySet<Operation["op"]> = new Set<Operation["op"]>(["bo_destroy", "bo_swapout", "dma_free", "page_free"]);
export const TAKES: ReadonlySet<Operation["op"]> = new Set<Operation["op"]>(["bo_populate", "bo_swapin", "dma_alloc", "page_alloc"]);

const onBuffer = (ops: ReadonlySet<Operation["op"]>, buf: number) => (o: Operation): boolean => ops.has(o.op) && "buf" in o && o.buf === buf;

/**
 * The operations that it takes: one of each group at least. The last group has those at which it is seen, except for `reused`, which
 * is seen where pages are given up, in the first.
 */
export function operationsFor(s: Sometimes): readonly ((o: Operation) => boolean)[] {
  if ("reader" in s) return [(o) => writesToken(o, tokenOf(s.writer, s.buf)), (o) => readsAs(o, s.reader, s.at ?? s.buf)];
  if ("done" in s) return [(o) => matches(o, s)];
  if ("writtenBack" in s) return [(o) => o.op === "cpu_write", (o) => o.op === "writeback"];
  if ("injected" in s) return [(o) => o.op === "fail", (o) => o.op === s.injected];
  if ("outside" in s) return [(o) => o.op === "cpu_write" && o.buf === (s.buf ?? 0), (o) => readsAs(o, s.outside, s.buf)];
  if ("bounced" in s) return [onBuffer(MAPS, s.bounced)];
  if ("shared" in s) return [onBuffer(SHARES, s.shared)];
  return [onBuffer(GIVE_UP, s.reused), onBuffer(TAKES, s.to ?? s.reused)];
}

function writesToken(o: Operation, token: number): boolean {
  return (o.op === "cpu_write" || o.op === "dev_write" || o.op === "host_write") && o.value === token && o.buf === bufferOfToken(token);
}

function readsAs(o: Operation, agent: Agent, buf = 0): boolean {
  if (o.op === "cpu_read") return o.buf === buf && o.alias === agent;
  return (o.op === "dev_read" || o.op === "host_read") && o.buf === buf && agent === (o.op === "dev_read" ? "device" : "host");
}

function matches(o: Operation, { done, by, to, atomic }: Done): boolean {
  return o.op === done && (by === undefined || ("alias" in o && o.alias === by)) && (to === undefined || ("to" in o && o.to === to)) && (atomic === undefined || ("atomic" in o && o.atomic === atomic));
}

/** The property of other buffers and flags: what a copy of a workload must come to. */
export function sometimesOn(s: Sometimes, buffer: (buf: number) => number, flag: (name: string) => string): Sometimes {
  const during = "during" in s && s.during !== undefined ? { during: s.during.map(flag) } : {};
  if ("reader" in s) return { ...s, ...during, buf: buffer(s.buf ?? 0), ...(s.at === undefined ? {} : { at: buffer(s.at) }) };
  if ("done" in s) return { ...s, ...during };
  if ("outside" in s) return { ...s, buf: buffer(s.buf ?? 0) };
  if ("bounced" in s) return { ...s, bounced: buffer(s.bounced) };
  if ("shared" in s) return { ...s, shared: buffer(s.shared) };
  return "reused" in s ? { ...s, reused: buffer(s.reused), ...(s.to === undefined ? {} : { to: buffer(s.to) }) } : s;
}

/** True where the device itself has to take part. */
export function takesDevice(s: Sometimes): boolean {
  if ("reader" in s) return s.reader === "device" || s.writer === "device";
  return ("done" in s && (s.done === "dev_read" || s.done === "dev_write")) || ("outside" in s && s.outside === "device");
}


/** The flags that a property names, as bits. */
export function duringMask(s: Sometimes, flags: readonly string[]): number {
  const names = "during" in s ? (s.during ?? []) : [];
  return names.reduce((mask, flag) => {
    const bit = flags.indexOf(flag);
    assert(bit >= 0, `workload: the property "${sometimesText(s)}" names the flag "${flag}", which is none of ${flags.join(", ")}`);
    return mask | (1 << bit);
  }, 0);
}
