// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { TOY_DRIVER, TOY_MACHINE, toyFactory } from "../../test/support/toy-kernel.ts";
import { createModelFactory, DRIVERS } from "../linux/index.ts";
import { cellClass } from "./cell-class.ts";
import { COST_SCRIPT, costCases, runCosts } from "./costs.ts";
import { defaultMachines, parseOneMachine } from "./machines.ts";

const device = (name: string): (typeof DRIVERS)[number] => DRIVERS.find((d) => d.name === name)!;
const model = createModelFactory({ release: "6.12", policy: "decrypt-dma-alloc-guest" });

describe("the script that counts costs", () => {
  it("says where it ended before its time, and what the kernel does not offer", () => {
    const fails = { op: "bo_vmap", result: { outcome: "error", errno: "ENOMEM", from: "vmap" } } as const;
    expect(runCosts(toyFactory({ fails }), TOY_MACHINE, TOY_DRIVER)).toEqual({ costs: null, sharedInUse: 0, stopped: "bo_vmap: vmap returned -ENOMEM", skipped: [] });
    const missing = { op: "pool_shrink", result: { outcome: "unsupported", reason: "not here" } } as const;
    expect(runCosts(toyFactory({ fails: missing }), TOY_MACHINE, TOY_DRIVER)).toEqual({ costs: null, sharedInUse: 0, stopped: null, skipped: ["pool_shrink"] });
    expect(runCosts(toyFactory({ boot: { status: "refused", reason: "no" } }), TOY_MACHINE, TOY_DRIVER).stopped).toBe("refused: no");
  });

  it("counts nothing on a machine without encryption", () => {
    const { costs, sharedInUse, stopped } = runCosts(model, parseOneMachine("none"), device("vmwgfx"));
    expect(stopped).toBeNull();
    expect(costs).toMatchObject({ conversions: 0, convertedPages: 0, hypercalls: 0 });
    expect(sharedInUse).toBe(0);
  });

  // vmw_dma_select_mode() takes coherent memory in a guest (vmwgfx_drv.c:664), which dma_direct_alloc() decrypts (direct.c:290): two pages.
  it("counts the conversion of vmwgfx's pages in an SEV guest, and the pages that the host can read meanwhile", () => {
    const { costs, sharedInUse, stopped } = runCosts(model, parseOneMachine("sev"), device("vmwgfx"));
    expect(stopped).toBeNull();
    expect(costs!.conversions).toBeGreaterThan(0);
    expect(costs!.convertedPages).toBeGreaterThanOrEqual(2);
    expect(sharedInUse).toBe(2);
  });

  it("uses the buffer, gives it back, and takes another one from the pool", () => {
    const ops = COST_SCRIPT.map((o) => o.op);
    expect(ops.filter((o) => o === "bo_create")).toHaveLength(2);
    expect(ops.filter((o) => o === "bo_destroy")).toHaveLength(2);
    expect(ops.at(-1)).toBe("pool_shrink");
  });

  it("runs on cases that are among those selected", () => {
    const names = (some: ReturnType<typeof costCases>): string[] => some.map(([m, d]) => `${d.name}@${m.name}`);
    expect(names(costCases(defaultMachines(), DRIVERS))).toContain("vmwgfx@sev");
    expect(names(costCases([parseOneMachine("cca")], [device("qxl")]))).toEqual(["qxl@cca"]);
  });
});

describe("the class of a cell", () => {
  it.each([
    ["amdgpu-gfx9", "sme-zen2,iommu=off", "SME, dma-direct, mask <= C-bit"], // 44 bits, C-bit 47
    ["amdgpu-gfx9.4.3", "sme-zen2,iommu=identity", "SME, dma-direct, mask > C-bit"], // 48 bits
    ["amdgpu-gfx9.4.3", "sme-zen3,iommu=off", "SME, dma-direct, mask <= C-bit"], // C-bit 51
    ["amdgpu-gfx9", "sme-zen2,iommu=translated", "SME, dma-iommu"],
    ["xe", "sev", "SEV, dma-direct, streaming"],
    ["vmwgfx", "sev-snp-vtom,swiotlb=force", "SEV-SNP vTOM, dma-direct, swiotlb=force"],
    ["vmwgfx", "none", "no encryption, dma-direct"],
  ])("%s on %s: %s", (name, machine, text) => {
    expect(cellClass(parseOneMachine(machine), device(name))).toBe(text);
  });
});
