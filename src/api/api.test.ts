// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { check, checkText, compare, comparePolicies, createStyle, device, explain, type KernelFactory, machine, machines, model, POLICIES, policy, readDeviceFile, replay, runLitmus, workload, DRIVERS } from "./index.ts";

const BROKEN = "amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read";

function codeOf(action: () => unknown): string {
  try {
    action();
    return "none";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

describe("the library", () => {
  it("takes names and the things themselves alike", () => {
    const named = check({ machines: ["sme-zen2"], devices: ["amdgpu-gfx9"], workload: "ttm-buffer" });
    const given = check({ kernel: model("model:6.12"), machines: machines("sme-zen2"), devices: [device("amdgpu-gfx9")], workload: workload("ttm-buffer") });
    expect(named.cases.map((c) => [c.machine, c.verdict])).toEqual([["sme-zen2,iommu=off", "broken"], ["sme-zen2,iommu=identity", "broken"], ["sme-zen2,iommu=translated", "holds"]]);
    expect(checkText(given, createStyle(false))).toBe(checkText(named, createStyle(false)));
  });

  it("says of unknown names what the command line says", () => {
    expect(codeOf(() => machine("sve"))).toBe("CBIT-101");
    expect(codeOf(() => machine("sme-zen2"))).toBe("CBIT-101");
    expect(codeOf(() => device("amdgpu"))).toBe("CBIT-102");
    expect(codeOf(() => model("5.4"))).toBe("CBIT-103");
    expect(codeOf(() => model("6.12", { policy: "none" }))).toBe("CBIT-104");
    expect(codeOf(() => workload("ttm"))).toBe("CBIT-105");
    expect(codeOf(() => explain("nothing"))).toBe("CBIT-107");
    expect(codeOf(() => explain("a@b/no-rule"))).toBe("CBIT-108");
    expect(codeOf(() => replay("cbit1/nothing"))).toBe("CBIT-120");
    expect(codeOf(() => replay("cbit1/tree:%2Fx/-/sev/vmwgfx/ttm-buffer/bo_create"))).toBe("CBIT-103");
  });

  it("explains ids and tokens, and says where a finding is not", () => {
    const told = explain(BROKEN);
    if (!told.found) throw new Error("not found");
    const { report } = told;
    expect(report).toMatchObject({ id: BROKEN, rule: "ciphertext-read" });
    const { machine: m, device: d, workload: w, operations } = report.trace;
    const token = `cbit1/model:6.12/decrypt-dma-alloc-guest/${m}/${d}/${w}/bo_create,bo_populate,bo_vmap,cpu_write:vmap,dev_read`;
    expect(operations).toHaveLength(5);
    expect(explain(token)).toMatchObject({ found: true, report: { id: BROKEN, rule: "ciphertext-read", case: null } });
    expect(replay(token)).toMatchObject({ id: BROKEN, replay: { steps: { length: 5 } } });
    expect(replay(token, { kernel: model("6.12", { policy: "dma-insert-pfn" }) })).toMatchObject({ id: null });
    const atBoot = "cbit1/model:6.12-ea68573d408f/decrypt-dma-alloc-guest/sme-zen2,iommu=translated/amdgpu-raven/ttm-buffer/-";
    expect(explain(atBoot)).toMatchObject({ found: true, report: { rule: "refusal", id: "amdgpu-raven@sme-zen2,iommu=translated/refusal", cause: "what the probe answers" } });
    expect(explain("vmwgfx@sev/ciphertext-read")).toMatchObject({ found: false, report: { case: { verdict: "holds" } } });
  });

  it("finds no more than its bounds and its stop allow", () => {
    const some = { machines: ["sev"], devices: ["vmwgfx"] };
    expect(check({ ...some, bounds: { states: 3 } }).cases[0]).toMatchObject({ verdict: "bounded", complete: false });
    expect(check({ ...some, stop: () => true }).cases[0]).toMatchObject({ complete: false });
  });

  it("names the command that explains a finding, as far as a command can", () => {
    const command = (kernel: KernelFactory, name = "ttm-buffer"): string => check({ kernel, machines: ["sev"], devices: ["vmwgfx"], workload: name }).explain("vmwgfx@sev/x");
    expect(command(model())).toBe("cbit explain vmwgfx@sev/x");
    expect(command(model("6.1", { policy: "encrypted" }), "dma-streaming")).toBe("cbit explain vmwgfx@sev/x --kernel model:6.1 --policy encrypted --workload dma-streaming");
  });

  it("compares kernels, one of them with a policy of one's own", () => {
    const mine = policy("mine", { io_prot_decrypts: () => true });
    const { cases } = compare(model(), model("6.12", { policy: mine }), { machines: ["sme-zen2"], devices: ["amdgpu-gfx9"] });
    expect(cases.map((c) => c.change)).toEqual(["fixed", "fixed", "broken"]);
  });

  it("compares all policies, and one's own beside them", () => {
    const mine = policy("mine", { io_prot_decrypts: () => true });
    const report = comparePolicies({ machines: ["sme-zen2"], devices: ["amdgpu-gfx9"], own: [mine] });
    expect(report.policies.map((p) => p.policy)).toEqual([...POLICIES.map((p) => p.name), "mine"]);
    const of = (name: string): unknown => ({ ...report.policies.find((p) => p.policy === name)!, policy: "", title: "" });
    expect(of("mine")).toEqual(of("decrypt-all"));
    expect(report).toMatchObject({ workload: "ttm-chunks", cells: 3 });
    expect(report.costs.flatMap((t) => t.rows.map((r) => r.policy)).filter((p) => p === "mine")).toHaveLength(report.costs.length);
  });

  it("reads devices of one's own, and litmus files", async () => {
    const mine = readDeviceFile("mine.json", '{"schema": "cbit.device/1", "name": "mine", "like": "amdgpu-gfx9.4.3", "dma_mask_bits": 40}', DRIVERS);
    expect(check({ machines: ["sme-zen2,iommu=off"], devices: [mine, "amdgpu-gfx9.4.3"] }).cases.map((c) => c.verdict)).toEqual(["broken", "holds"]);
    const file = "litmus/b01-ttm-decrypted.litmus";
    const { runs } = await runLitmus(file, readFileSync(file, "utf8"));
    expect(runs.length).toBeGreaterThan(1);
    expect(runs.map((r) => r.ok)).not.toContain(false);
    await expect(runLitmus("x.litmus", "nonsense")).rejects.toMatchObject({ code: "CBIT-140" });
  });
});
