// SPDX-License-Identifier: MIT
/** Kernels of a kernel source for the machines of a test. */

import { readFileSync } from "node:fs";
import { createHost } from "../../src/cli/host.ts";
import type { Configuration, DriverProfile, KernelFactory } from "../../src/kernel/index.ts";
import { createTreeFactory, type ModuleLeft, prepareModules, type PreparedTree } from "../../src/tree/index.ts";

/** Where the modules of a kernel source are: a plain value, for other threads. */
export interface TreeFiles {
  readonly source: string;
  readonly modules: readonly Pick<PreparedTree, "wasmPath" | "manifest">[];
  readonly left: readonly ModuleLeft[];
}

/** Prepares what the machines need. @param cacheDirectory where; found again by contents @param devices those that run with the tree's own drivers; none where they are left out */
export async function treeFilesFor(source: string, cacheDirectory: string, machines: readonly Configuration[], patches: readonly string[] = [], devices: readonly DriverProfile[] = []): Promise<TreeFiles> {
  const { trees, left } = await prepareModules(createHost("test"), source, { cacheDirectory, patches }, { machines, devices });
  return { source, modules: trees.map(({ wasmPath, manifest }) => ({ wasmPath, manifest })), left };
}

/** The kernels of what was prepared. */
export async function treeFactoryFor(source: string, cacheDirectory: string, machines: readonly Configuration[], devices: readonly DriverProfile[] = []): Promise<KernelFactory> {
  const { modules, left } = await treeFilesFor(source, cacheDirectory, machines, [], devices);
  const [first, ...others] = modules.map(({ wasmPath, manifest }) => ({ bytes: readFileSync(wasmPath), manifest }));
  return createTreeFactory(source, first!.bytes, first!.manifest, others, left);
}
