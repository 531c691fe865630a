// SPDX-License-Identifier: MIT
/** Kernels of a kernel source for the machines of a test, with the generic driver. */

import { readFileSync } from "node:fs";
import { createHost } from "../../src/cli/host.ts";
import type { Configuration, KernelFactory } from "../../src/kernel/index.ts";
import { createTreeFactory, prepareModules } from "../../src/tree/index.ts";

/** Prepares what the machines need. @param cacheDirectory where; found again by contents */
export async function treeFactoryFor(source: string, cacheDirectory: string, machines: readonly Configuration[]): Promise<KernelFactory> {
  const { trees, left } = await prepareModules(createHost("test"), source, { cacheDirectory }, { machines, devices: [] });
  const [first, ...others] = trees.map(({ wasmPath, manifest }) => ({ bytes: readFileSync(wasmPath), manifest }));
  return createTreeFactory(source, first!.bytes, first!.manifest, others, left);
}
