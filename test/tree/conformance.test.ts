// SPDX-License-Identifier: MIT
/**
 * Model and real kernel in lock step: random operations on two buffers, every answer and every view compared. What may
 * differ is where things are: frames and addresses.
 */

import { beforeAll, describe, expect, inject, it } from "vitest";
import type { FrameState, Kernel, KernelFactory, Operation, StepResult, View } from "../../src/kernel/index.ts";
import { createModelFactory, DEFAULT_POLICY } from "../../src/linux/index.ts";
import { randomOperations } from "../support/random-operations.ts";
import { TREE_DRIVERS, treeMachines } from "../support/tree-cells.ts";
import { treeFactoryFor } from "../support/tree-factory.ts";

const RELEASES = [
  { release: "6.12", source: inject("linux612") },
  { release: "6.1", source: inject("linux61") },
] as const;
/** Sequences for each machine and driver, and operations of each. */
const SEQUENCES = Number(process.env["CBIT_CONFORMANCE"] ?? 20);
const LENGTH = 20;

function told(r: StepResult): string {
  switch (r.outcome) {
    case "done":
      return r.seen === null ? "done" : `read ${r.seen.token ?? (/^0*$/.test(r.seen.bytes) ? "zeros" : "garbage")}, stored ${r.seen.storedIn}, read ${r.seen.readIn}`;
    case "error":
      return `-${r.errno}`;
    case "fault":
      return r.fault.fault;
    case "crash":
      return `crash: ${r.reason} at ${r.at}`;
    case "unsupported":
      return `unsupported: ${r.reason}`;
  }
}

/** Views, with frames numbered in the order in which they come up: which views share one is compared, where it lies is not. */
function shown(views: readonly View[]): string {
  const frames = new Map<number, number>();
  const frame = (v: View): number => frames.get(v.pfn) ?? (frames.set(v.pfn, frames.size), frames.size - 1);
  return views.map((v) => `${v.buf}.${v.page} ${v.kind} frame${frame(v)} C=${v.cBit} ${v.domain} ${v.cache}`).join("\n    ");
}

/** What frames hold and how the linear map has them, whichever they are. */
function held(frames: readonly FrameState[]): string {
  const places = (list: FrameState["pages"]): string => list.map((p) => `${p.buf}.${p.page}`).join();
  const contents = ({ token, bytes }: { readonly token: number | null; readonly bytes: string }): string => String(token ?? (/^0*$/.test(bytes) ? "zeros" : "garbage"));
  return frames
    .map((f) => `of ${places(f.pages)} for ${places(f.bounces)}: ${JSON.stringify(f.linear)} ${f.state} ${f.cells.map((c) => `${contents(c.memory)} in ${c.memory.storedIn}`).join()}`)
    .toSorted()
    .join("\n    ");
}

function transcript(kernel: Kernel, operations: readonly Operation[]): string[] {
  return operations.map((o, i) => `${i + 1}. ${JSON.stringify(o)}: ${told(kernel.apply(o))}\n    ${shown(kernel.views())}\n    ${held(kernel.frames())}`);
}

describe.each(RELEASES.filter((r) => r.source !== null))("model:$release and Linux $release do the same", ({ release, source }) => {
  let tree: KernelFactory;
  const machines = treeMachines(["default", "force"]);
  const model = createModelFactory({ release, policy: DEFAULT_POLICY });

  beforeAll(async () => {
    tree = await treeFactoryFor(source!, inject("treeCache"), machines);
  });

  it.each(machines)(`${SEQUENCES} x ${TREE_DRIVERS.length} sequences of ${LENGTH} operations on $name`, (machine) => {
    TREE_DRIVERS.forEach((driver, d) => {
      const left = model.create(machine, driver);
      const right = tree.create(machine, driver);
      expect([driver.name, right.boot.status]).toEqual([driver.name, left.boot.status]);
      if (left.boot.status !== "ready") return;
      const start = [left.save(), right.save()] as const;
      for (let s = 0; s < SEQUENCES; s++) {
        left.restore(start[0]);
        right.restore(start[1]);
        const operations = randomOperations(s * TREE_DRIVERS.length + d, LENGTH, driver, machine);
        expect(transcript(right, operations), `${driver.name}, sequence ${s}`).toEqual(transcript(left, operations));
      }
    });
  });
});
