// SPDX-License-Identifier: MIT
/** What partial-order reduction takes for independent commutes on the real kernel: both orders are tried in every state that is reached. */

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { suited } from "../../src/check/index.ts";
import { areIndependent, diamonds } from "../../src/check/explorer/diamond.ts";
import { search } from "../../src/check/explorer/search.ts";
import { KernelSpace } from "../../src/check/kernel-space.ts";
import { RULES } from "../../src/check/rules/index.ts";
import { createHost } from "../../src/cli/host.ts";
import type { KernelFactory } from "../../src/kernel/index.ts";
import { DRIVERS } from "../../src/linux/index.ts";
import { parseOneMachine, workloadNamed } from "../../src/scenarios/index.ts";
import { createTreeFactory, prepareTree } from "../../src/tree/index.ts";

const source = inject("linux612");
/** Enough for one buffer's life to the fixpoint; two buffers have some 30,000. */
const STATES = 4000;

describe.skipIf(source === null)("independent operations on Linux 6.12 itself", () => {
  let factory: KernelFactory;
  beforeAll(async () => {
    const prepared = await prepareTree(createHost("test"), source!, { cacheDirectory: inject("treeCache") });
    factory = createTreeFactory(source!, readFileSync(prepared.wasmPath), prepared.manifest);
  });

  const spaceOf = (machine: string, device: string, workload: string): KernelSpace => {
    const kernel = factory.create(parseOneMachine(machine), DRIVERS.find((d) => d.name === device)!);
    return new KernelSpace(kernel, suited(workloadNamed(workload), kernel.driver, kernel.configuration), RULES);
  };

  it.each([
    ["none", "vmwgfx", "ttm-buffer"],
    ["sme-zen2,iommu=off", "amdgpu-gfx9", "ttm-buffer"],
    ["sme-zen4,iommu=translated", "radeon", "ttm-chunks"],
    ["sev", "vmwgfx", "ttm-buffer"],
    ["sev,swiotlb=force", "xe", "ttm-buffer"],
    ["sev", "vmwgfx", "ttm-buffer,buffers=2,pages=1"],
    ["sme-zen2,iommu=off", "amdgpu-gfx9", "ttm-buffer,buffers=2,pages=2"],
  ])("commute: %s, %s, %s", (machine, device, workload) => {
    const { independence } = spaceOf(machine, device, workload);
    const tried = diamonds(spaceOf(machine, device, workload), (a, b) => areIndependent(independence!, a, b), STATES);
    expect(tried.pairs.length).toBeGreaterThan(30);
    expect(tried.pairs.filter((p) => p.differs !== null)).toEqual([]);
    const bounds = { states: STATES, depth: 64 };
    const [reduced, full] = [true, false].map((partialOrder) => search(spaceOf(machine, device, workload), { bounds, partialOrder }));
    expect({ states: reduced!.states, depth: reduced!.depth, found: reduced!.found }).toEqual({ states: full!.states, depth: full!.depth, found: full!.found });
    expect(reduced!.transitions).toBeLessThan(full!.transitions);
  });
});
