// SPDX-License-Identifier: MIT
/** A thread that takes kernels through sequences of operations, one job after the other. `conformance-threads.ts` compiles it and talks to it. */

import { readFileSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import type { KernelFactory } from "../../src/kernel/index.ts";
import { createModelFactory, DEFAULT_POLICY } from "../../src/linux/index.ts";
import { createTreeFactory } from "../../src/tree/index.ts";
import { type Conformance, conformanceOf, type Kind } from "./conformance.ts";
import type { TreeFiles } from "./tree-factory.ts";

export interface Job {
  readonly release: string;
  readonly tree: TreeFiles;
  readonly platform: string;
  readonly kind: Kind;
  readonly sequences: number;
}

export type Answer = { readonly result: Conformance } | { readonly error: string };

const trees = new Map<string, KernelFactory>();

/** Modules are compiled once for each thread. */
function treeOf({ source, modules, left }: TreeFiles): KernelFactory {
  const [first, ...others] = modules.map(({ wasmPath, manifest }) => ({ bytes: readFileSync(wasmPath), manifest }));
  const key = JSON.stringify(modules.map((m) => m.wasmPath));
  let factory = trees.get(key);
  if (factory === undefined) trees.set(key, (factory = createTreeFactory(source, first!.bytes, first!.manifest, others, left)));
  return factory;
}

const port = parentPort!;
port.on("message", ({ release, tree, platform, kind, sequences }: Job) => {
  let answer: Answer;
  try {
    answer = { result: conformanceOf(createModelFactory({ release, policy: DEFAULT_POLICY }), treeOf(tree), platform, kind, sequences) };
  } catch (error) {
    answer = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  port.postMessage(answer);
});
