// SPDX-License-Identifier: MIT
/** The verdicts that the thread and the kernel source lead to, worked out by hand, on the model. */

import { describe, expect, it } from "vitest";
import { type CaseResult, checkCase } from "../src/check/index.ts";
import { createModelFactory, DRIVERS } from "../src/linux/index.ts";
import { DEFAULT_WORKLOAD, defaultMachines, parseOneMachine } from "../src/scenarios/index.ts";

const DEFAULT = "decrypt-dma-alloc-guest";
const COHERENT = ["amdgpu-gfx9", "amdgpu-gfx9.4.3", "nouveau-pascal", "vmwgfx"];

function run(policy: string, machine: string, device: string): CaseResult {
  const factory = createModelFactory({ release: "6.12", policy });
  return checkCase(factory, parseOneMachine(machine), DRIVERS.find((d) => d.name === device)!, DEFAULT_WORKLOAD);
}

describe("the thread's questions on the model of 6.12", () => {
  it.each([
    [DEFAULT, "sev", "vmwgfx", []],
    [DEFAULT, "sme-zen2,iommu=off", "amdgpu-gfx9", ["ciphertext-read", "alias-attribute"]],
    [DEFAULT, "sme-zen2,iommu=translated", "amdgpu-gfx9", []],
    [DEFAULT, "sme-zen2,iommu=off", "amdgpu-gfx9.4.3", []],
    [DEFAULT, "sme-zen3,iommu=off", "amdgpu-gfx9.4.3", ["ciphertext-read", "alias-attribute"]],
    [DEFAULT, "sme-zen2,iommu=off", "nouveau-pascal", ["ciphertext-read", "alias-attribute"]],
    [DEFAULT, "sev", "xe", ["stale-view"]],
    ["encrypted", "sev", "vmwgfx", ["ciphertext-read", "alias-attribute"]],
    ["decrypt-dma-alloc", "sme-zen2,iommu=off", "amdgpu-gfx9.4.3", ["ciphertext-read", "alias-attribute"]],
    ["coherent-vaddr", "sev", "vmwgfx", []],
    ["coherent-vaddr", "sme-zen2,iommu=off", "amdgpu-gfx9", ["ciphertext-read", "alias-attribute"]],
    ["dma-mmap", "sme-zen2,iommu=off", "amdgpu-gfx9", ["ciphertext-read", "alias-attribute"]],
    ["dma-insert-pfn", "sev", "vmwgfx", []],
    ["dma-insert-pfn", "sme-zen2,iommu=off", "amdgpu-gfx9", []],
    ["dma-insert-pfn", "sme-zen3,iommu=translated", "nouveau-pascal", []],
    ["vm-local", "sev", "vmwgfx", ["mapping-failed"]],
  ])("%s on %s with %s finds %j", (policy, machine, device, rules) => {
    const result = run(policy, machine, device);
    expect(result.findings.map((f) => f.rule)).toEqual(rules);
    expect(result).toMatchObject({ verdict: rules.length === 0 ? "holds" : "broken", complete: true });
  });

  const direct = ["sme-zen2", "sme-zen3", "sev"].flatMap((m) => ["off", "identity"].map((iommu) => `${m},iommu=${iommu}`));
  it.each(direct)("force-dma-unencrypted holds on %s for all coherent devices", (machine) => {
    for (const device of COHERENT) expect(run("force-dma-unencrypted", machine, device)).toMatchObject({ device, verdict: "holds" });
  });

  // drivers/iommu/dma-iommu.c:1653-1688 takes pages that stay encrypted and AMD-Vi sets the C-bit in every entry, whereas
  // force_dma_unencrypted() looks at the coherent mask only. The test says "decrypt" for masks up to the C-bit.
  it.each([
    ["sme-zen2", "amdgpu-gfx9", "broken"],
    ["sme-zen2", "amdgpu-gfx9.4.3", "holds"],
    ["sme-zen2", "nouveau-pascal", "broken"],
    ["sme-zen2", "vmwgfx", "holds"],
    ["sme-zen3", "amdgpu-gfx9", "broken"],
    ["sme-zen3", "amdgpu-gfx9.4.3", "broken"],
    ["sme-zen3", "nouveau-pascal", "broken"],
    ["sme-zen3", "vmwgfx", "holds"],
  ])("force-dma-unencrypted on %s,iommu=translated with %s is %s: the mask says nothing of an IOMMU", (platform, device, verdict) => {
    expect(run("force-dma-unencrypted", `${platform},iommu=translated`, device).verdict).toBe(verdict);
  });

  it("finds nothing on a machine without encryption, with any device", () => {
    for (const device of DRIVERS) expect(run(DEFAULT, "none", device.name).verdict).toBe("holds");
  });
});

describe("the model as a space to search", () => {
  // As many as Linux 6.12 itself has under the same workload: test/tree/patched-tree.test.ts holds the two against each other.
  it.each([
    ["none", [38, 38, 38, 38, 38]],
    ["sme-zen2,iommu=off", [38, 38, 38, 38, 78]],
    ["sme-zen2,iommu=identity", [38, 38, 38, 38, 78]],
    ["sme-zen2,iommu=translated", [38, 38, 38, 38, 38]],
    ["sme-zen3,iommu=off", [38, 38, 38, 38, 78]],
    ["sme-zen3,iommu=translated", [38, 38, 38, 38, 38]],
    ["sev", [65, 65, 65, 65, 78]],
  ])("has the states of the real kernel on %s: %j", (machine, states) => {
    expect([...COHERENT, "xe"].map((device) => run(DEFAULT, machine, device).states)).toEqual(states);
  });

  it("reads without changing its state", { timeout: 60_000 }, () => {
    for (const machine of defaultMachines()) {
      for (const driver of DRIVERS) {
        const kernel = createModelFactory({ release: "6.12", policy: DEFAULT }).create(machine, driver);
        if (kernel.boot.status !== "ready") continue;
        for (const op of ["bo_create", "bo_populate", "bo_vmap"] as const) kernel.apply({ op, buf: 0, pages: 2 });
        const before = kernel.save();
        kernel.apply({ op: "cpu_read", buf: 0, page: 0, alias: "vmap" });
        kernel.apply({ op: "dev_read", buf: 0, page: 0 });
        expect(kernel.save()).toEqual(before);
      }
    }
  });

  it("gives the same case twice", () => {
    const once = run(DEFAULT, "sme-zen2,iommu=off", "amdgpu-gfx9");
    expect(run(DEFAULT, "sme-zen2,iommu=off", "amdgpu-gfx9")).toEqual(once);
  });
});
