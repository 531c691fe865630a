// SPDX-License-Identifier: MIT
/** Two kernels in lock step: everything that they answer and show, as text in which only where things lie is left out. */

import { type FrameState, type Health, type Kernel, OPERATIONS, type Operation, type StepResult, type View } from "../../src/kernel/index.ts";

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

/** True where the kernel does not go on. */
function ends(operation: Operation, { outcome }: StepResult): boolean {
  return outcome === "crash" || (outcome === "fault" && OPERATIONS[operation.op].group !== "access");
}
