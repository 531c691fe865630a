// SPDX-License-Identifier: MIT
/**
 * Model and real kernel in lock step: random operations on two buffers, every answer and every view compared. What may
 * differ is where things are: frames and addresses.
 */

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { createHost } from "../../src/cli/host.ts";
import type { CpuAlias, FrameState, Kernel, KernelFactory, Operation, StepResult, View } from "../../src/kernel/index.ts";
import { createModelFactory, DEFAULT_POLICY } from "../../src/linux/index.ts";
import { createTreeFactory, prepareTree } from "../../src/tree/index.ts";
import { TREE_DRIVERS, treeMachines } from "../support/tree-cells.ts";

const RELEASES = [
  { release: "6.12", source: inject("linux612") },
  { release: "6.1", source: inject("linux61") },
] as const;
/** Sequences for each machine and driver, and operations of each. */
const SEQUENCES = Number(process.env["CBIT_CONFORMANCE"] ?? 20);
const LENGTH = 20;

/** A generator of numbers below n that repeats (mulberry32). */
function numbers(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}

const ALIASES: readonly CpuAlias[] = ["linear", "kmap", "vmap", "user"];

/** What a driver would do: each operation only where TTM allows it. Populating is left to the first mapping now and then. */
class World {
  private readonly pages = [0, 0];
  private readonly flags = [new Set<string>(), new Set<string>()];

  next(below: (n: number) => number): Operation | null {
    const buf = below(2);
    const had = this.flags[buf]!;
    const count = this.pages[buf]!;
    if (count === 0) {
      this.pages[buf] = 1 + below(4);
      return { op: "bo_create", buf, pages: this.pages[buf]! };
    }
    const page = below(count);
    const mapped = (flag: string, operation: Operation): Operation | null => {
      if (had.has(flag)) return null;
      had.add(flag).add("populated");
      return operation;
    };
    switch (below(11)) {
      case 0:
        return mapped("populated", { op: "bo_populate", buf });
      case 1:
        return mapped("kmap", { op: "bo_kmap", buf, page });
      case 2:
        return mapped("vmap", { op: "bo_vmap", buf });
      case 3:
        had.add("user").add("populated");
        return { op: "bo_fault", buf, page };
      case 4:
        return had.delete("kmap") ? { op: "bo_kunmap", buf } : null;
      case 5:
        return had.delete("vmap") ? { op: "bo_vunmap", buf } : null;
      case 6:
        if (below(3) > 0) return null;
        this.pages[buf] = 0;
        had.clear();
        return { op: "bo_destroy", buf };
      case 7:
        return { op: "cpu_write", buf, page, alias: ALIASES[below(4)]!, value: 1 + below(1000) };
      case 8:
        return { op: "dev_write", buf, page, value: 1 + below(1000) };
      case 9:
        return { op: "dev_read", buf, page };
      default:
        return { op: "cpu_read", buf, page, alias: ALIASES[below(4)]! };
    }
  }
}

function sequence(seed: number): Operation[] {
  const below = numbers(seed);
  const world = new World();
  const operations: Operation[] = [];
  while (operations.length < LENGTH) {
    const operation = world.next(below);
    if (operation !== null) operations.push(operation);
  }
  return operations;
}

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
  const model = createModelFactory({ release, policy: DEFAULT_POLICY });

  beforeAll(async () => {
    const prepared = await prepareTree(createHost("test"), source!, { cacheDirectory: inject("treeCache") });
    tree = createTreeFactory(source!, readFileSync(prepared.wasmPath), prepared.manifest);
  });

  const machines = treeMachines(["default", "force"]);

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
        const operations = sequence(s * TREE_DRIVERS.length + d);
        expect(transcript(right, operations), `${driver.name}, sequence ${s}`).toEqual(transcript(left, operations));
      }
    });
  });
});
