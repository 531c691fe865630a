// SPDX-License-Identifier: MIT
/** The modules of a kernel source for workloads: with the tree's own drivers where they fit, as `cbit check` has it. */

import { readFileSync } from "node:fs";
import { createHost } from "../../../src/cli/host.ts";
import { wantedFor } from "../../../src/cli/kernels.ts";
import type { Workload } from "../../../src/check/index.ts";
import type { Configuration, DriverProfile, KernelFactory } from "../../../src/kernel/index.ts";
import { createTreeFactory, prepareModules } from "../../../src/tree/index.ts";

export type FactoryFor = (workload: Workload) => Promise<KernelFactory>;

/** Factories of a source, each prepared once. @param cacheDirectory where; found again by contents */
export function factoriesOf(source: string, cacheDirectory: string, machines: readonly Configuration[], drivers: readonly DriverProfile[]): FactoryFor {
  const known = new Map<boolean, Promise<KernelFactory>>();
  const prepared = async (workload: Workload): Promise<KernelFactory> => {
    const { trees, left } = await prepareModules(createHost("test"), source, { cacheDirectory, patches: [] }, wantedFor(machines, drivers, workload));
    const [first, ...others] = trees.map(({ wasmPath, manifest }) => ({ bytes: readFileSync(wasmPath), manifest }));
    return createTreeFactory(source, first!.bytes, first!.manifest, others, left);
  };
  return (workload) => {
    const own = wantedFor(machines, drivers, workload).devices!.length > 0;
    const factory = known.get(own) ?? prepared(workload);
    known.set(own, factory);
    return factory;
  };
}
