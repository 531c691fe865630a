// SPDX-License-Identifier: MIT
/** Model and real kernel in lock step: random operations of the DMA API and of memory management, every answer, view, frame and complaint compared. */

import { beforeAll, describe, expect, inject, it } from "vitest";
import type { Configuration, KernelFactory } from "../../src/kernel/index.ts";
import { createModelFactory, DEFAULT_POLICY } from "../../src/linux/index.ts";
import { machinesOf } from "../../src/scenarios/index.ts";
import { transcript } from "../support/lock-step.ts";
import { randomDma } from "../support/random-dma.ts";
import { TREE_DRIVERS, treeMachines } from "../support/tree-cells.ts";
import { treeFactoryFor } from "../support/tree-factory.ts";

const source = inject("linux612");
/** Sequences for each machine and driver, and operations of each. */
const SEQUENCES = Number(process.env["CBIT_CONFORMANCE"] ?? 20);
const LENGTH = 20;

describe.skipIf(source === null)("model:6.12 and Linux 6.12 do the same with the DMA API", () => {
  let tree: KernelFactory;
  const named = (...specs: readonly string[]): Configuration[] => specs.flatMap((spec) => machinesOf([spec]));
  const machines = [
    ...treeMachines(["default", "force"]),
    ...named("sev,coherent=no", "sme-zen2,iommu=off,coherent=no", "sev,tlb=yes", "sev-snp,tlb=yes", "sev,swiotlb=restricted", "none,swiotlb=off", "sev,swiotlb=dynamic,swiotlb-pages=1", "sev,swiotlb-pages=2"),
    ...named("none,swiotlb=force,cells=256", "sme-zen2,iommu=translated,cells=256"),
  ];
  const model = createModelFactory({ release: "6.12", policy: DEFAULT_POLICY });

  beforeAll(async () => {
    tree = await treeFactoryFor(source!, inject("treeCache"), machines);
  });

  it.each(machines)(`${SEQUENCES} x ${TREE_DRIVERS.length} sequences of ${LENGTH} operations on $name`, (machine) => {
    TREE_DRIVERS.forEach((profile, d) => {
      // Where bytes count, a bounced page keeps its offsets: else what lies before its first byte is a page of somebody else's.
      const driver = machine.cells === 256 ? { ...profile, minAlignMask: 4095 } : profile;
      const left = model.create(machine, driver);
      const right = tree.create(machine, driver);
      expect(right.boot).toEqual(left.boot);
      if (left.boot.status !== "ready") return;
      const start = [left.save(), right.save()] as const;
      for (let s = 0; s < SEQUENCES; s++) {
        left.restore(start[0]);
        right.restore(start[1]);
        const operations = randomDma(s * TREE_DRIVERS.length + d, LENGTH, machine);
        expect(transcript(right, operations), `${driver.name}, sequence ${s}`).toEqual(transcript(left, operations));
      }
    });
  });
});
