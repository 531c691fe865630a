// SPDX-License-Identifier: MIT
/** Model and tree on the machines of one platform, in lock step through many random sequences of operations. */

import type { Configuration, DriverProfile, Kernel, KernelFactory, Operation, Snapshot } from "../../src/kernel/index.ts";
import { DRIVERS } from "../../src/linux/index.ts";
import { machinesOf } from "../../src/scenarios/index.ts";
import { firstDifference, transcript } from "./lock-step.ts";
import { randomDma } from "./random-dma.ts";
import { randomOperations } from "./random-operations.ts";
import { TREE_DRIVERS, treeMachines } from "./tree-cells.ts";

/** Operations of each sequence. */
export const LENGTH = 20;

export type Kind = "TTM" | "the DMA API";
export const KINDS: readonly Kind[] = ["TTM", "the DMA API"];

/**
 * The machines that sequences run on: each platform with each IOMMU mode, with and without a forced swiotlb; some with little room for TTM,
 * with RAM above 4 GiB, with every byte kept, with a TLB or caches, with other pools and granules.
 */
export const CONFORMANCE_MACHINES: readonly Configuration[] = [
  ...treeMachines(["default", "force"]),
  ...machinesOf(["none,swiotlb=force,ttm-pages-limit=4", "sev,ttm-pages-limit=2", "sme-zen2,iommu=translated,ttm-pages-limit=3"]),
  ...machinesOf(["none,ram=8", "sme-zen2,ram=8", "sev-snp,ram=8", "tdx,ram=64"]),
  ...machinesOf(["none,swiotlb=force,cells=256", "sev,cells=256", "tdx,cells=256", "sme-zen2,iommu=off,cells=256", "sev,tlb=yes", "sev-snp,tlb=yes"]),
  ...machinesOf(["sme-zen2,coherent=no", "sev,swiotlb=dynamic", "tdx,swiotlb=dynamic", "cca,granule=65536"]),
];

/** Those of the other tests, and one whose mask ends below 4 GiB. */
const DEVICES: readonly DriverProfile[] = [...TREE_DRIVERS, DRIVERS.find((d) => d.name === "radeon-pci")!];
/** One whose accesses go past the caches: x86 has no code for such. */
const NON_COHERENT: DriverProfile = { ...TREE_DRIVERS[0]!, name: `${TREE_DRIVERS[0]!.name}, not coherent`, nonCoherent: true };

const devicesOf = ({ platform }: Configuration): readonly DriverProfile[] => (platform.encryption === "cca" ? [...DEVICES, NON_COHERENT] : DEVICES);

/** Both kernels on one machine with one device, as they were after boot. */
interface Pair {
  readonly machine: Configuration;
  readonly driver: DriverProfile;
  readonly kernels: readonly [Kernel, Kernel];
  readonly start: readonly [Snapshot, Snapshot];
}

/** Where the kernels differ. */
export interface Difference {
  readonly where: string;
  /** What model and tree answer and show, step by step. */
  readonly expected: readonly string[];
  readonly got: readonly string[];
}

export interface Conformance {
  readonly sequences: number;
  /** Operations that both have run. */
  readonly steps: number;
  /** How many sequences and boots differ, and the first of them. */
  readonly differing: number;
  readonly first: Difference | null;
}

function generate(kind: Kind, seed: number, { driver, machine }: Pair): Operation[] {
  return kind === "TTM" ? randomOperations(seed, LENGTH, driver, machine) : randomDma(seed, LENGTH, machine);
}

/** What of the machines of a platform boots, and what boots with one kernel alone. */
function pairsOf(model: KernelFactory, tree: KernelFactory, platform: string): { readonly pairs: readonly Pair[]; readonly apart: readonly Difference[] } {
  const pairs: Pair[] = [];
  const apart: Difference[] = [];
  for (const machine of CONFORMANCE_MACHINES.filter((m) => m.platform.name === platform)) {
    for (const driver of devicesOf(machine)) {
      const [left, right] = [model.create(machine, driver), tree.create(machine, driver)];
      if (left.boot.status !== right.boot.status) apart.push({ where: `${driver.name} on ${machine.name}, boot`, expected: [JSON.stringify(left.boot)], got: [JSON.stringify(right.boot)] });
      else if (left.boot.status === "ready") pairs.push({ machine, driver, kernels: [left, right], start: [left.save(), right.save()] });
    }
  }
  return { pairs, apart };
}

/** Boots all machines of a platform and runs `sequences` sequences, from number `from` on, one on each machine with each device in turn. */
export function conformanceOf(model: KernelFactory, tree: KernelFactory, platform: string, kind: Kind, sequences: number, from = 0): Conformance {
  const { pairs, apart } = pairsOf(model, tree, platform);
  const found = { sequences: 0, steps: 0, differing: apart.length, first: apart[0] ?? null };
  for (let seed = from; pairs.length > 0 && seed < from + sequences; seed++) {
    const pair = pairs[seed % pairs.length]!;
    const [left, right] = pair.kernels;
    const again = (): void => {
      left.restore(pair.start[0]);
      right.restore(pair.start[1]);
    };
    again();
    const operations = generate(kind, seed, pair);
    const { steps, differs } = firstDifference(left, right, operations);
    found.sequences++;
    found.steps += steps;
    if (!differs) continue;
    found.differing++;
    if (found.first !== null) continue;
    again();
    found.first = { where: `${pair.driver.name} on ${pair.machine.name}, sequence ${seed}`, expected: transcript(left, operations), got: transcript(right, operations) };
  }
  return found;
}
