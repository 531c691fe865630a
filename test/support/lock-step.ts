// SPDX-License-Identifier: MIT
/** Two kernels in lock step: everything that they answer and show, as text in which only where things lie is left out. */

import { type BufferPage, type CellRun, type Contents, type FrameState, type Health, type Kernel, OPERATIONS, type Operation, type StepResult, type View } from "../../src/kernel/index.ts";

/** Marks of a step besides its outcome. */
function marks(r: StepResult): string {
  const injected = "injected" in r && r.injected === true ? ", as injected" : "";
  const warnings = "warnings" in r && r.warnings !== undefined ? `, ${r.warnings.length} WARN` : "";
  return `${injected}${warnings}`;
}

/** What bytes are that stand for no token. */
function kindOfBytes(bytes: string): string {
  if (/^0*$/.test(bytes)) return "zeros";
  return /^(6b)*$/.test(bytes) ? "poison" : "garbage";
}

/** A result without what differs between kernels. */
export function told(r: StepResult): string {
  switch (r.outcome) {
    case "done": {
      const seen = r.seen === null ? "done" : `read ${r.seen.token ?? kindOfBytes(r.seen.bytes)}, stored ${r.seen.storedIn}, read ${r.seen.readIn}`;
      return `${seen}${marks(r)}`;
    }
    case "error":
      return `-${r.errno}${marks(r)}`;
    case "fault":
      return r.fault.fault;
    case "crash":
      return "crash";
    case "unsupported":
      return `unsupported: ${r.reason}`;
  }
}

/** Views, with frames numbered in the order in which they come up: which views share one is compared, where it lies is not. */
export function shown(views: readonly View[]): string {
  const frames = new Map<number, number>();
  const frame = (v: View): number => frames.get(v.pfn) ?? (frames.set(v.pfn, frames.size), frames.size - 1);
  return views.map((v) => `${v.buf}.${v.page} ${v.kind} frame${frame(v)} C=${v.cBit} ${v.domain} ${v.cache}`).join("\n    ");
}

/** What frames hold and how the linear map has them, whichever they are. */
export function held(frames: readonly FrameState[]): string {
  const places = (list: FrameState["pages"]): string => list.map((p) => `${p.buf}.${p.page}`).join();
  const contents = ({ token, bytes }: { readonly token: number | null; readonly bytes: string }): string => String(token ?? kindOfBytes(bytes));
  return frames
    .map((f) => {
      const cells = f.cells.map((c) => `${c.at}+${c.size}: ${contents(c.memory)} in ${c.memory.storedIn}${c.dirty.map((d) => ` dirty ${contents(d)} C=${d.cBit}`).join("")}`);
      return `${f.kind} of ${places(f.pages)} for ${places(f.bounces)}: ${JSON.stringify(f.linear)} ${f.state} ${cells.join()}`;
    })
    .toSorted()
    .join("\n    ");
}

/** What a kernel has to say of frames, but for their numbers. */
function ails(health: Health | null): string {
  if (health === null) return "unknown";
  const freed = health.freedShared.map((f) => `${f.decrypted} ${f.state}`).toSorted();
  const mismatched = health.mismatched.map((m) => `${m.buf}.${m.page} ${m.state} ${m.linearPrivate}`);
  return JSON.stringify({ freed, mismatched, needless: health.needless });
}

/** Everything that a kernel answers and shows on the way, until it crashes or its own access faults: what is left then is nobody's. */
export function transcript(kernel: Kernel, operations: readonly Operation[]): string[] {
  const steps: string[] = [];
  for (const operation of operations) {
    const result = kernel.apply(operation);
    const head = `${steps.length + 1}. ${JSON.stringify(operation)}: ${told(result)}`;
    if (ends(operation, result)) return [...steps, head];
    steps.push(`${head}\n    ${shown(kernel.views())}\n    ${held(kernel.frames())}\n    ${ails(kernel.health())}`);
  }
  return steps;
}

/** True where two lists agree, element by element. */
function each<T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!same(a[i]!, b[i]!)) return false;
  return true;
}

/** The same, in whatever order. */
function eachInSome<T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean {
  if (each(a, b, same)) return true;
  const left = [...b];
  return (
    a.length === b.length &&
    a.every((x) => {
      const at = left.findIndex((y) => same(x, y));
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    })
  );
}

/** Which frame of one kernel is which of the other: each is one frame alone. */
class Pairs {
  private readonly there = new Map<number, number>();
  private readonly back = new Map<number, number>();

  pair(x: number, y: number): boolean {
    const there = this.there.get(x);
    const back = this.back.get(y);
    if (there === undefined && back === undefined) {
      this.there.set(x, y);
      this.back.set(y, x);
      return true;
    }
    return there === y && back === x;
  }
}

const samePage = (x: BufferPage, y: BufferPage): boolean => x.buf === y.buf && x.page === y.page;

function sameContents(x: Contents, y: Contents): boolean {
  return x.token === y.token && (x.token !== null || x.bytes === y.bytes || kindOfBytes(x.bytes) === kindOfBytes(y.bytes));
}

function sameCells(x: CellRun, y: CellRun): boolean {
  return (
    x.at === y.at &&
    x.size === y.size &&
    x.memory.storedIn === y.memory.storedIn &&
    sameContents(x.memory, y.memory) &&
    each(x.dirty, y.dirty, (p, q) => p.cBit === q.cBit && sameContents(p, q))
  );
}

function sameFrame(x: FrameState, y: FrameState): boolean {
  const linear = x.linear === null || y.linear === null ? x.linear === y.linear : x.linear.cBit === y.linear.cBit && x.linear.domain === y.linear.domain && x.linear.cache === y.linear.cache;
  return linear && x.kind === y.kind && x.state === y.state && each(x.pages, y.pages, samePage) && each(x.bounces, y.bounces, samePage) && each(x.cells, y.cells, sameCells);
}

/** What `told` tells of both is the same. */
function sameResult(x: StepResult, y: StepResult): boolean {
  const plain = x.outcome === "done" && y.outcome === "done" && x.seen === null && y.seen === null && !("warnings" in x) && !("warnings" in y) && !("injected" in x) && !("injected" in y);
  return plain || told(x) === told(y);
}

/** What `shown` shows of both is the same. */
function sameViews(a: readonly View[], b: readonly View[]): boolean {
  const pairs = new Pairs();
  return each(a, b, (x, y) => x.buf === y.buf && x.page === y.page && x.kind === y.kind && x.cBit === y.cBit && x.domain === y.domain && x.cache === y.cache && pairs.pair(x.pfn, y.pfn));
}

/** What `ails` says of both is the same. */
function sameHealth(x: Health | null, y: Health | null): boolean {
  if (x === null || y === null) return x === y;
  return (
    eachInSome(x.freedShared, y.freedShared, (p, q) => p.decrypted === q.decrypted && p.state === q.state) &&
    each(x.mismatched, y.mismatched, (p, q) => samePage(p, q) && p.state === q.state && p.linearPrivate === q.linearPrivate) &&
    each(x.needless, y.needless, (p, q) => samePage(p, q) && p.why === q.why)
  );
}

/**
 * Runs operations on both kernels at once, up to the first after which they differ in anything that `transcript` tells. A kernel that looks
 * as it did after the step before returns the same objects: what was compared is not compared again.
 */
export function firstDifference(left: Kernel, right: Kernel, operations: readonly Operation[]): { readonly steps: number; readonly differs: boolean } {
  let views: readonly [unknown, unknown] = [null, null];
  let frames = views;
  let health = views;
  let steps = 0;
  for (const operation of operations) {
    const [x, y] = [left.apply(operation), right.apply(operation)];
    steps++;
    if (!sameResult(x, y)) return { steps, differs: true };
    if (ends(operation, x)) break;
    const [v, w] = [left.views(), right.views()];
    const [f, g] = [left.frames(), right.frames()];
    const [h, i] = [left.health(), right.health()];
    const same =
      ((v === views[0] && w === views[1]) || sameViews(v, w)) &&
      ((f === frames[0] && g === frames[1]) || eachInSome(f, g, sameFrame)) &&
      ((h === health[0] && i === health[1]) || sameHealth(h, i));
    if (!same) return { steps, differs: true };
    [views, frames, health] = [[v, w], [f, g], [h, i]];
  }
  return { steps, differs: false };
}

/** True where the kernel does not go on. */
function ends(operation: Operation, { outcome }: StepResult): boolean {
  return outcome === "crash" || (outcome === "fault" && OPERATIONS[operation.op].group !== "access");
}
