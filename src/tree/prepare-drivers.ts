// SPDX-License-Identifier: MIT
/** The modules with drivers of the tree that devices need. */

import { CbitError, EXIT } from "../base/index.ts";
import type { DriverProfile } from "../kernel/index.ts";
import { type DriverLeft, driverModuleOf } from "./drivers.ts";
import type { Host } from "./host.ts";
import { DRIVER_MODULES, type DriverModule } from "./modules/index.ts";
import { inspectSource } from "./build/source.ts";
import { type PatchedTree, type PrepareOptions, prepareTree } from "./patch/prepare-tree.ts";

export interface PreparedDrivers {
  readonly trees: readonly PatchedTree[];
  readonly left: readonly DriverLeft[];
}

/** Releases whose drivers our devices and glue were written against: there, what does not fit is an error. */
const KNOWN = /^6\.12(?:\.|$)/;

/**
 * Prepares what devices need beside the contract's module.
 * @param devices null for all
 * @throws CbitError as `prepareTree` does
 */
export async function prepareDrivers(host: Host, path: string, options: Omit<PrepareOptions, "module">, devices: readonly DriverProfile[] | null): Promise<PreparedDrivers> {
  const wanted = new Set<DriverModule>(devices === null ? DRIVER_MODULES : devices.flatMap((d) => driverModuleOf(d) ?? []));
  const { path: source, release } = await inspectSource(host, path);
  const trees: PatchedTree[] = [];
  const left: DriverLeft[] = [];
  for (const module of wanted) {
    const present = await Promise.all(module.files.map((f) => host.stat(`${source}/${f.file}.c`)));
    const lost = module.files.find((f, i) => f.required && present[i] === null);
    if (lost !== undefined) {
      left.push({ driver: module.name, reason: `the tree has no ${lost.file}.c` });
      continue;
    }
    try {
      trees.push(await prepareTree(host, path, { ...options, module }));
    } catch (error) {
      if (KNOWN.test(release) || !(error instanceof CbitError) || error.exit !== EXIT.unsupported) throw error;
      left.push({ driver: module.name, reason: error.message });
    }
  }
  return { trees, left };
}
