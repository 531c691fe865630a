// SPDX-License-Identifier: MIT
/** The modules of a kernel source for workloads: with the tree's own drivers where they fit, as `cbit check` has it. */

import { readFileSync } from "node:fs";
import { createHost } from "../../../src/cli/host.ts";
import { wantedFor } from "../../../src/cli/kernels.ts";
import type { Workload } from "../../../src/check/index.ts";
import type { Configuration, DriverProfile, KernelFactory } from "../../../src/kernel/index.ts";
import { createTreeFactory, prepareModules } from "../../../src/tree/index.ts";

export type FactoryFor = (workload: Workload) => Promise<KernelFactory>;

/** Factories of a source: workloads that need the same modules share one. @param cacheDirectory where; found again by contents */
export function factoriesOf(source: string, cacheDirectory: string, machines: readonly Configuration[], drivers: readonly DriverProfile[]): FactoryFor {
  const factories = new Map<string, KernelFactory>();
  const ofWorkloads = new Map<string, KernelFactory>();
  return async (workload) => {
    const known = ofWorkloads.get(workload.name);
    if (known !== undefined) return known;
    const { trees, left } = await prepareModules(createHost("test"), source, { cacheDirectory, patches: [] }, wantedFor(machines, drivers, workload));
    const key = trees.map((t) => t.wasmPath).join(" ");
    let factory = factories.get(key);
    if (factory === undefined) {
      const [first, ...others] = trees.map(({ wasmPath, manifest }) => ({ bytes: readFileSync(wasmPath), manifest }));
      factories.set(key, (factory = createTreeFactory(source, first!.bytes, first!.manifest, others, left)));
    }
    ofWorkloads.set(workload.name, factory);
    return factory;
  };
}
