// SPDX-License-Identifier: MIT
/** Kernels of a kernel source for the machines of a test, with the generic driver. */

import { readFileSync } from "node:fs";
import { createHost } from "../../src/cli/host.ts";
import type { Configuration, KernelFactory } from "../../src/kernel/index.ts";
import { createTreeFactory, type ModuleLeft, prepareModules, type PreparedTree } from "../../src/tree/index.ts";

/** Where the modules of a kernel source are: a plain value, for other threads. */
export interface TreeFiles {
  readonly source: string;
  readonly modules: readonly Pick<PreparedTree, "wasmPath" | "manifest">[];
  readonly left: readonly ModuleLeft[];
}

/** Prepares what the machines need. @param cacheDirectory where; found again by contents */
export async function treeFilesFor(source: string, cacheDirectory: string, machines: readonly Configuration[], patches: readonly string[] = []): Promise<TreeFiles> {
  const { trees, left } = await prepareModules(createHost("test"), source, { cacheDirectory, patches }, { machines, devices: [] });
  return { source, modules: trees.map(({ wasmPath, manifest }) => ({ wasmPath, manifest })), left };
}

/** The kernels of what was prepared. */
export async function treeFactoryFor(source: string, cacheDirectory: string, machines: readonly Configuration[]): Promise<KernelFactory> {
  const { modules, left } = await treeFilesFor(source, cacheDirectory, machines);
  const [first, ...others] = modules.map(({ wasmPath, manifest }) => ({ bytes: readFileSync(wasmPath), manifest }));
  return createTreeFactory(source, first!.bytes, first!.manifest, others, left);
}
