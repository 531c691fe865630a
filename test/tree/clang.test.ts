// SPDX-License-Identifier: MIT
/** The oldest compiler that works, whose IR has typed pointers, makes a kernel that behaves as the best one's does. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { createHost } from "../../src/cli/host.ts";
import type { Kernel, KernelFactory, Operation, StepResult } from "../../src/kernel/index.ts";
import { createTreeFactory, prepareTree } from "../../src/tree/index.ts";
import { TREE_DRIVERS, treeMachines } from "../support/tree-cells.ts";

const source = inject("linux612");
const OLDEST = "14";
const BEST = "19";
const here = (version: string): boolean => spawnSync(`clang-${version}`, ["--version"]).status === 0;
const missing = [OLDEST, BEST].filter((version) => !here(version));
if (missing.length > 0 && process.env["CI"] !== undefined) throw new Error(`no clang-${missing.join(", clang-")}: apt-get install clang-14 lld-14 llvm-14`);

const OPERATIONS: readonly Operation[] = [
  { op: "bo_create", buf: 0, pages: 2 },
  { op: "bo_vmap", buf: 0 },
  { op: "bo_kmap", buf: 0, page: 1 },
  { op: "bo_fault", buf: 0, page: 0 },
  { op: "cpu_write", buf: 0, page: 0, alias: "vmap", value: 9 },
  { op: "dev_read", buf: 0, page: 0 },
  { op: "dev_write", buf: 0, page: 1, value: 5 },
  { op: "cpu_read", buf: 0, page: 1, alias: "kmap" },
  { op: "bo_kunmap", buf: 0 },
  { op: "bo_vunmap", buf: 0 },
  { op: "bo_destroy", buf: 0 },
];

/** Bytes that are read where keys differ depend on the address of a page, which compilers may place differently. */
const told = (r: StepResult): unknown => (r.outcome === "done" && r.seen !== null ? [r.seen.token, r.seen.storedIn, r.seen.readIn] : r);

function transcript(kernel: Kernel): unknown[] {
  if (kernel.boot.status !== "ready") return [kernel.boot];
  return OPERATIONS.map((operation) => [told(kernel.apply(operation)), kernel.views().map((v) => [v.buf, v.page, v.kind, v.cBit, v.domain, v.cache])]);
}

describe.skipIf(source === null || missing.length > 0)(`clang ${OLDEST} and clang ${BEST}`, () => {
  let factories: readonly KernelFactory[];
  let compilers: readonly string[];

  beforeAll(async () => {
    const trees = [];
    for (const llvm of [OLDEST, BEST]) trees.push(await prepareTree({ ...createHost("test"), llvm }, source!, { cacheDirectory: inject("treeCache") }));
    factories = trees.map((tree) => createTreeFactory(source!, readFileSync(tree.wasmPath), tree.manifest));
    compilers = trees.map((tree) => tree.manifest.compiler);
  });

  it("are what the modules were made with", () => {
    expect(compilers).toEqual([expect.stringMatching(/clang version 14\./), expect.stringMatching(/clang version 19\./)]);
  });

  it.each(treeMachines(["default"]))("do the same on $name", (machine) => {
    for (const driver of TREE_DRIVERS) {
      const [oldest, best] = factories.map((factory) => transcript(factory.create(machine, driver)));
      expect(oldest).toEqual(best);
    }
  });
});
