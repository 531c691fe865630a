// SPDX-License-Identifier: MIT
/** Cases with one effective key are one case: all of them are searched here, whatever the key says. */

import { describe, expect, it } from "vitest";
import { checkCase } from "../src/check/index.ts";
import type { Configuration, DriverProfile } from "../src/kernel/index.ts";
import { createModelFactory, DEFAULT_POLICY, DRIVERS } from "../src/linux/index.ts";
import { DEFAULT_WORKLOAD, parseOneMachine } from "../src/scenarios/index.ts";

const factory = createModelFactory({ release: "6.12", policy: DEFAULT_POLICY });
const MACHINES = ["none", "none,iommu=identity", "none,swiotlb=noforce", "sme-zen2,iommu=off", "sme-zen2,iommu=identity", "sme-zen3,iommu=off", "sme-zen4,iommu=off", "sme-zen2,iommu=translated", "sev", "sev-es", "tdx"];

const device = (name: string): DriverProfile => DRIVERS.find((d) => d.name === name)!;
const key = (machine: string, driver: DriverProfile, more: Partial<Configuration> = {}): string => factory.effectiveKey({ ...parseOneMachine(machine), ...more }, driver)!;
const masked = (bits: number): DriverProfile => ({ ...device("amdgpu-gfx9"), name: `mask-${bits}`, dmaMaskBits: bits, coherentMaskBits: bits });

function answer(machine: string, driver: DriverProfile): unknown {
  const { verdict, complete, states, findings } = checkCase(factory, parseOneMachine(machine), driver, DEFAULT_WORKLOAD);
  return { verdict, complete, states, rules: findings.map((f) => f.rule) };
}

describe("the model's effective key", () => {
  const groups = new Map<string, { machine: string; driver: DriverProfile }[]>();
  for (const machine of MACHINES) {
    for (const driver of DRIVERS) groups.set(key(machine, driver), [...(groups.get(key(machine, driver)) ?? []), { machine, driver }]);
  }
  const shared = [...groups.values()].filter((cases) => cases.length > 1);

  it("merges a good part of the cases", () => {
    expect(shared.length).toBeGreaterThan(10);
    expect(groups.size).toBeLessThan((MACHINES.length * DRIVERS.length) / 2);
  });

  it.each(shared.map((cases) => [cases.map((c) => `${c.driver.name}@${c.machine}`).join(" "), cases] as const))("%s", (_names, cases) => {
    const answers = cases.map((c) => answer(c.machine, c.driver));
    for (const each of answers) expect(each).toEqual(answers[0]);
  });

  it("knows masks by what they reach: C-bit 47 is out of reach up to 47 bits", () => {
    const at = (bits: number): string => key("sme-zen2,iommu=off", masked(bits));
    expect([40, 44, 46].map(at)).toEqual([at(47), at(47), at(47)]);
    expect([52, 64].map(at)).toEqual([at(48), at(48)]);
    expect(at(48)).not.toBe(at(47));
    // The BAR ends at 256 GiB: a 38-bit device needs swiotlb for it (drm_cache.c:183-212), a 39-bit one does not.
    expect(at(38)).not.toBe(at(39));
    expect(at(32)).not.toBe(at(38));
  });

  it("tells apart what differs", () => {
    const vmwgfx = device("vmwgfx");
    const all = [
      key("sev", vmwgfx),
      key("sev-es", vmwgfx),
      key("sev,swiotlb=force", vmwgfx),
      key("sme-zen2,iommu=off", vmwgfx),
      key("sme-zen3,iommu=off", vmwgfx),
      key("sme-zen2,iommu=translated", vmwgfx),
      key("none", vmwgfx),
      key("tsme", vmwgfx),
      key("tdx", vmwgfx),
      key("tdx-gpaw52", vmwgfx),
      key("none", vmwgfx, { tlb: true }),
      key("none", vmwgfx, { coherent: false }),
      key("none", vmwgfx, { ramGiB: 8 }),
      key("none", vmwgfx, { cells: 2 }),
      key("none", { ...vmwgfx, skipCpuSync: true }),
      key("none", { ...vmwgfx, untrusted: true }),
      key("none", { ...vmwgfx, minAlignMask: 4095 }),
    ];
    // swiotlb=force changes nothing in a guest, and an untrusted device nothing without an IOMMU but its bouncing.
    expect(all[2]).toBe(all[0]);
    const others = all.filter((_, i) => i !== 2);
    expect(others.filter((k, i) => others.indexOf(k) !== i)).toEqual([]);
  });
});
