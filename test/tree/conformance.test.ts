// SPDX-License-Identifier: MIT
/**
 * Model and real kernel in lock step: random operations, as drivers and the DMA API's users would do them; every answer, view, frame and
 * complaint compared. What may differ is where things are: frames and addresses.
 */

import { beforeAll, describe, expect, inject, it } from "vitest";
import type { Configuration, DriverProfile, Kernel, KernelFactory, Operation, Snapshot } from "../../src/kernel/index.ts";
import { createModelFactory, DEFAULT_POLICY } from "../../src/linux/index.ts";
import { PLATFORMS } from "../../src/machine/index.ts";
import { machinesOf } from "../../src/scenarios/index.ts";
import { transcript } from "../support/lock-step.ts";
import { randomDma } from "../support/random-dma.ts";
import { randomOperations } from "../support/random-operations.ts";
import { TREE_DRIVERS, treeMachines } from "../support/tree-cells.ts";
import { treeFactoryFor } from "../support/tree-factory.ts";

const RELEASES = [
  { release: "6.12", source: inject("linux612") },
  { release: "6.1", source: inject("linux61") },
] as const;

interface Kind {
  readonly what: string;
  generate(seed: number, driver: DriverProfile, machine: Configuration): Operation[];
}

/** Operations of each sequence. */
const LENGTH = 20;
const KINDS: readonly Kind[] = [
  { what: "TTM", generate: (seed, driver, machine) => randomOperations(seed, LENGTH, driver, machine) },
  { what: "the DMA API", generate: (seed, _, machine) => randomDma(seed, LENGTH, machine) },
];
/** Sequences for each platform, half of them of each kind. */
const SEQUENCES = Number(process.env["CBIT_CONFORMANCE"] ?? (process.env["CI"] === "true" ? 1_200 : 600));

/** Both kernels on one machine with one device, as they were after boot. */
interface Pair {
  readonly machine: Configuration;
  readonly driver: DriverProfile;
  readonly kernels: readonly [Kernel, Kernel];
  readonly start: readonly [Snapshot, Snapshot];
}

function pairsOf(model: KernelFactory, tree: KernelFactory, machines: readonly Configuration[]): Pair[] {
  return machines.flatMap((machine) =>
    TREE_DRIVERS.flatMap((driver) => {
      const kernels = [model.create(machine, driver), tree.create(machine, driver)] as const;
      const [left, right] = kernels;
      expect([machine.name, driver.name, right.boot.status]).toEqual([machine.name, driver.name, left.boot.status]);
      return left.boot.status === "ready" ? [{ machine, driver, kernels, start: [left.save(), right.save()] as const }] : [];
    }),
  );
}

describe.each(RELEASES.filter((r) => r.source !== null))("model:$release and Linux $release do the same", ({ release, source }) => {
  let tree: KernelFactory;
  const all = [...treeMachines(["default", "force"]), ...machinesOf(["none,swiotlb=force,ttm-pages-limit=4", "sev,ttm-pages-limit=2", "sme-zen2,iommu=translated,ttm-pages-limit=3"])];
  const model = createModelFactory({ release, policy: DEFAULT_POLICY });

  beforeAll(async () => {
    tree = await treeFactoryFor(source!, inject("treeCache"), all);
  });

  describe.each(KINDS)("with $what", ({ generate }) => {
    it.each(PLATFORMS.map((p) => p.name))(`${SEQUENCES / KINDS.length} sequences of ${LENGTH} operations on %s`, { timeout: 1_800_000 }, (platform) => {
      const pairs = pairsOf(model, tree, all.filter((m) => m.platform.name === platform));
      const differing: { readonly where: string; readonly expected: readonly string[]; readonly got: readonly string[] }[] = [];
      for (let seed = 0; pairs.length > 0 && seed < SEQUENCES / KINDS.length; seed++) {
        const { machine, driver, kernels: [left, right], start } = pairs[seed % pairs.length]!;
        left.restore(start[0]);
        right.restore(start[1]);
        const operations = generate(seed, driver, machine);
        const [expected, got] = [transcript(left, operations), transcript(right, operations)];
        if (got.join("\n") !== expected.join("\n")) differing.push({ where: `${driver.name} on ${machine.name}, sequence ${seed}`, expected, got });
      }
      expect(differing.slice(0, 1).map(({ where, got }) => ({ where, got }))).toEqual(differing.slice(0, 1).map(({ where, expected }) => ({ where, got: expected })));
    });
  });
});
