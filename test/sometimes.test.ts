// SPDX-License-Identifier: MIT
/** What workloads must come to: the default matrix comes to all of it, and a workload without what it takes is an error each time. */

import { describe, expect, it } from "vitest";
import { type Action, checkCase, type Sometimes, sometimesText, suited, type Workload } from "../src/check/index.ts";
import { operationsFor } from "../src/check/sometimes/property.ts";
import { CbitError, EXIT } from "../src/base/index.ts";
import type { Configuration, DriverProfile, Operation } from "../src/kernel/index.ts";
import { createModelFactory, DRIVERS } from "../src/linux/index.ts";
import { defaultMachines, parseOneMachine, WORKLOADS } from "../src/scenarios/index.ts";

const factory = createModelFactory({ release: "6.12", policy: "decrypt-dma-alloc-guest" });

/** The default matrix, then a machine whose caches hold lines, which it has none of. */
const CASES: readonly (readonly [Configuration, DriverProfile])[] = [...defaultMachines(), parseOneMachine("none,coherent=no")].flatMap((m) => DRIVERS.map((d) => [m, d] as const));

const WRITEBACK: Operation = { op: "writeback", buf: 0, page: 0, cbit: false };
const ACCESSES: ReadonlySet<Operation["op"]> = new Set<Operation["op"]>(["cpu_read", "cpu_write", "dev_read", "dev_write", "host_read", "host_write"]);

/** The workload about one property: of the accesses only those that it takes, and those that others wait for. */
function only(workload: Workload, s: Sometimes): Workload {
  const groups = operationsFor(s);
  const taken = (a: Action): boolean => !ACCESSES.has(a.operation.op) || a.sets !== 0 || groups.some((matches) => matches(a.operation));
  return { ...workload, actions: workload.actions.filter(taken), sometimes: [s] };
}

function reachedBy(workload: Workload, [machine, driver]: (typeof CASES)[number]): readonly string[] {
  return checkCase(factory, machine, driver, workload).reached;
}

function errorOf(workload: Workload, [machine, driver]: (typeof CASES)[number]): CbitError | null {
  try {
    checkCase(factory, machine, driver, workload);
    return null;
  } catch (error) {
    if (error instanceof CbitError) return error;
    throw error;
  }
}

/** The first case that a property applies to and that comes to it. */
function caseFor(workload: Workload, s: Sometimes): (typeof CASES)[number] | undefined {
  const about = only(workload, s);
  const tried = new Set<string>();
  return CASES.find(([machine, driver]) => {
    if (suited(about, driver, machine).sometimes.length === 0) return false;
    const key = factory.effectiveKey(machine, driver) ?? driver.name + machine.name;
    if (tried.has(key)) return false;
    tried.add(key);
    return reachedBy(about, [machine, driver]).length > 0;
  });
}

describe("what workloads must come to", { timeout: 60_000 }, () => {
  it.each(WORKLOADS.map((w) => [w.name, w] as const))("%s has properties, each under a name of its own", (_, { sometimes }) => {
    const names = sometimes.map(sometimesText);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(WORKLOADS.flatMap((w) => w.sometimes.map((s) => [w.name, sometimesText(s), w, s] as const)))("%s: %s is reached in some case, and is missed without any of what it takes", (_, text, workload, s) => {
    const place = caseFor(workload, s);
    expect(place).toBeDefined();
    const about = only(workload, s);
    for (const matches of operationsFor(s)) {
      // What the machine does by itself cannot be left out.
      if (matches(WRITEBACK)) continue;
      const error = errorOf({ ...about, actions: about.actions.filter((a) => !matches(a.operation)) }, place!);
      expect(error).toMatchObject({ code: "CBIT-302", exit: EXIT.noVerdict });
      expect(error!.message).toContain(text);
      expect(error!.message).toContain(`${workload.name} never`);
      expect(error!.message).toContain(`${place![1].name}@${place![0].name}`);
      expect(error!.hint).toContain("cbit list workloads");
    }
  });
});

describe("a property applies", { timeout: 60_000 }, () => {
  const names = (workload: string, machine: string, device: string): string[] =>
    suited(WORKLOADS.find((w) => w.name === workload)!, DRIVERS.find((d) => d.name === device)!, parseOneMachine(machine)).sometimes.map(sometimesText);

  it.each([
    ["dma-streaming", "bounced", "amdgpu-gfx9", ["sev", "tdx", "cca", "none,swiotlb=force", "none,swiotlb=restricted"], ["none", "sev,swiotlb=off", "sev,swiotlb=noforce", "none,iommu=translated,swiotlb=force"]],
    ["ttm-buffer", "bounced", "xe", ["sev", "none,swiotlb=force"], ["none", "sev,swiotlb=noforce"]],
    ["dma-coherent", "shared with the host", "amdgpu-gfx9", ["sev", "tdx"], ["none", "cca", "sev,iommu=translated", "sev,swiotlb=restricted", "sme-zen2,iommu=off"]],
    ["host", "host after linear", "amdgpu-gfx9", ["none", "sev", "sme-zen2,iommu=off"], ["tsme", "cca"]],
    ["dma-buf", "dirty line written back", "amdgpu-gfx9", ["none,coherent=no"], ["none", "sev"]],
    ["trust", "dev_read while accepted", "amdgpu-gfx9", ["tdx", "sev-snp"], ["none", "sev"]],
    ["ttm-move", "bo_fault while in VRAM", "amdgpu-gfx9", ["none"], []],
    ["ttm-move", "bo_fault while in VRAM", "xe-xelp", [], ["none"]],
    ["pool-reuse", "device after device", "qxl", [], ["none"]],
    ["ttm-buffer", "vmap after device", "vram-helper", [], ["none"]],
  ] as const)("%s: %s with %s on %j, and not on %j", (workload, property, device, on, off) => {
    for (const machine of on) expect([machine, names(workload, machine, device).includes(property)]).toEqual([machine, true]);
    for (const machine of off) expect([machine, names(workload, machine, device).includes(property)]).toEqual([machine, false]);
  });

  it("in the same way in cases that are searched once", () => {
    const first = new Map<string, string>();
    for (const [machine, driver] of CASES) {
      const key = factory.effectiveKey(machine, driver);
      if (key === null) continue;
      for (const workload of WORKLOADS) {
        const properties = suited(workload, driver, machine).sometimes.map(sometimesText).join();
        const id = `${workload.name} ${key}`;
        expect([machine.name, driver.name, first.get(id) ?? properties]).toEqual([machine.name, driver.name, properties]);
        first.set(id, properties);
      }
    }
  });
});
