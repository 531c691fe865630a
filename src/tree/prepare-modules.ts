// SPDX-License-Identifier: MIT
/** The modules of a tree that machines and devices need: one with the generic driver for each architecture, and drivers. */

import { CbitError, EXIT } from "../base/index.ts";
import type { Configuration, DriverProfile, Operation } from "../kernel/index.ts";
import { type ArchitectureName, architectureOn } from "./architectures.ts";
import { inspectSource } from "./build/source.ts";
import { driverModuleOf, type ModuleLeft, ownDevices } from "./drivers.ts";
import type { Host } from "./host.ts";
import { CONTRACTS, DRIVER_MODULES, type ModuleSpec } from "./modules/index.ts";
import { type PatchedTree, type PrepareOptions, prepareTree } from "./patch/prepare-tree.ts";

/** What kernels are made for; null where it is not known. */
export interface WantedKernels {
  readonly machines: readonly Configuration[] | null;
  readonly devices: readonly DriverProfile[] | null;
  /** What will be done; left out where it is not known. */
  readonly operations?: readonly Operation[];
}

export interface PreparedModules {
  /** The first one has the generic driver. */
  readonly trees: readonly PatchedTree[];
  readonly left: readonly ModuleLeft[];
}

/** Releases that our devices and glue were written against: there, what does not fit is an error. */
const KNOWN = /^6\.12(?:\.|$)/;

/** The modules, those with the generic driver first. */
function wantedModules({ machines, devices, operations = [] }: WantedKernels): readonly ModuleSpec[] {
  const architectures = new Set<ArchitectureName>(machines === null ? CONTRACTS.map((c) => c.arch) : machines.map((m) => architectureOn(m.platform)));
  const drivers = devices === null ? DRIVER_MODULES : [...architectures].flatMap((arch) => ownDevices(devices, operations).flatMap((d) => driverModuleOf(d, arch) ?? []));
  return [...CONTRACTS, ...new Set(drivers)].filter((module) => architectures.has(module.arch));
}

/**
 * Prepares what machines and devices need.
 * @throws CbitError as `prepareTree` does
 */
export async function prepareModules(host: Host, path: string, options: Omit<PrepareOptions, "module">, wanted: WantedKernels): Promise<PreparedModules> {
  const { path: source, release } = await inspectSource(host, path);
  const trees: PatchedTree[] = [];
  const left: ModuleLeft[] = [];
  for (const module of wantedModules(wanted)) {
    const first = trees.length === 0;
    const present = await Promise.all(module.files.map((f) => host.stat(`${source}/${f.file}.c`)));
    const lost = module.files.find((f, i) => f.required && present[i] === null);
    if (lost !== undefined && !first) {
      left.push({ module: module.name, reason: `the tree has no ${lost.file}.c` });
      continue;
    }
    try {
      trees.push(await prepareTree(host, path, { ...options, module }));
    } catch (error) {
      if (first || KNOWN.test(release) || !(error instanceof CbitError) || error.exit !== EXIT.unsupported) throw error;
      left.push({ module: module.name, reason: error.message });
    }
  }
  return { trees, left };
}
