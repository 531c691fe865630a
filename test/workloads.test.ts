// SPDX-License-Identifier: MIT
/** Every workload comes to its end on a handful of machines; what it finds there was worked out from the kernel source. */

import { describe, expect, it } from "vitest";
import { type CaseResult, checkCase, type RuleId, suited } from "../src/check/index.ts";
import { createModelFactory, DRIVERS } from "../src/linux/index.ts";
import { parseOneMachine, WORKLOADS, workloadNamed } from "../src/scenarios/index.ts";

const factory = createModelFactory({ release: "6.12", policy: "decrypt-dma-alloc-guest" });
const driver = (name: string) => DRIVERS.find((d) => d.name === name)!;

function run(workload: string, machine: string, device = "amdgpu-gfx9"): CaseResult {
  return checkCase(factory, parseOneMachine(machine), driver(device), workloadNamed(workload));
}

const rules = (result: CaseResult): RuleId[] => result.findings.map((f) => f.rule);

describe("workloads", () => {
  const machines = ["none", "sme-zen2,iommu=off", "sev", "sev-snp", "tdx"];
  it.each(WORKLOADS.flatMap((w) => machines.map((m) => [w.name, m] as const)))("%s on %s is tried in every order, in less than 5000 states", (workload, machine) => {
    const result = run(workload, machine);
    expect(result.states).toBeLessThan(5000);
    expect(result.complete || result.verdict === "unsupported" || result.reason !== null).toBe(true);
  });

  it.each(WORKLOADS.filter((w) => w.name !== "dma-buf").map((w) => w.name))("%s holds where nothing is encrypted: nothing is flagged that is not wrong", (workload) => {
    for (const device of ["amdgpu-gfx9", "qxl", "xe"]) {
      expect(run(workload, "none", device)).toMatchObject({ verdict: "holds", findings: [] });
    }
  });
});

describe("what they find", () => {
  it.each<readonly [string, string, string, readonly RuleId[]]>([
    // ttm_tt.c:94 sets DECRYPTED for guests only: on an SME host with a 44-bit mask the DMA layer decrypts (mem_encrypt.c:33-39), TTM maps encrypted.
    ["ttm-move", "sme-zen2,iommu=off", "amdgpu-gfx9", ["ciphertext-read", "alias-attribute"]],
    ["ttm-wc", "sme-zen2,iommu=off", "amdgpu-gfx9", ["ciphertext-read", "alias-attribute"]],
    // With dma-iommu pages stay encrypted and AMD-Vi sets the C-bit (io_pgtable.c:386): must not be flagged.
    ["ttm-move", "sme-zen2,iommu=translated", "amdgpu-gfx9", []],
    ["ttm-swap", "sme-zen2,iommu=translated", "amdgpu-gfx9", []],
    // Swapping goes through the linear map, which follows set_memory_decrypted() (ttm_tt.c:241,295): must not be flagged.
    ["ttm-swap", "sev", "amdgpu-gfx9", []],
    ["ttm-move", "sev", "vmwgfx", []],
    // xe maps once for streaming and never syncs (xe_bo.c:310); a guest bounces everything (pci-dma.c:62).
    ["ttm-swap", "sev", "xe", ["stale-view"]],
    // swiotlb copies at map whatever the direction (swiotlb.c:1463), and back at sync and unmap: streaming within the API's rules works.
    ["dma-streaming", "sev", "amdgpu-gfx9", []],
    ["dma-streaming", "sev-snp", "amdgpu-gfx9", []],
    ["dma-streaming", "sme-zen2,iommu=off", "amdgpu-gfx9", []],
    // dma_mmap_attrs() takes dma_pgprot(), which decrypts where force_dma_unencrypted() says so (kernel/dma/mapping.c).
    ["dma-coherent", "sev", "amdgpu-gfx9", []],
    ["dma-coherent", "sme-zen2,iommu=off", "amdgpu-gfx9", []],
    // dma_direct_alloc() and dma_direct_free() leak what they cannot convert (direct.c:290-313, :347): right, so not flagged.
    ["set-memory-failures", "tdx", "amdgpu-gfx9", []],
    ["set-memory-failures", "sev", "amdgpu-gfx9", []],
    // What TTM's pool keeps decrypted is made private again when the shrinker frees it (ttm_pool.c:133-161).
    ["pool-reuse", "sev", "amdgpu-gfx9", []],
    ["pool-reuse", "tdx", "amdgpu-gfx9", []],
    // The host reads ciphertext of private pages, or is stopped: fine.
    ["host", "sev", "amdgpu-gfx9", []],
    ["host", "sev-snp", "amdgpu-gfx9", []],
  ])("%s on %s with %s: %j", (workload, machine, device, found) => {
    const result = run(workload, machine, device);
    expect([...new Set(rules(result))]).toEqual(found);
    expect(result.verdict).toBe(found.length === 0 ? "holds" : "broken");
  });

  it("tells that 6.12 shares memory with the host for a device that is accepted (mem_encrypt.c:25 asks the guest, not the device)", () => {
    for (const machine of ["sev-snp", "tdx"]) {
      const advice = run("trust", machine).findings.find((f) => f.rule === "needless-share")!;
      expect(advice.severity).toBe("advice");
      expect(advice.trace.operations.map((o) => o.op)).toEqual(["dev_accept", "dma_alloc"]);
    }
  });

  it("tells of a device that cannot work and is accepted, as before ea68573d408f; a right refusal is fine (amdgpu_drv.c:2292-2301)", () => {
    const before = createModelFactory({ release: "6.12-ea68573d408f", policy: "decrypt-dma-alloc-guest" });
    const result = checkCase(before, parseOneMachine("sme-zen2,iommu=translated"), driver("amdgpu-raven"), workloadNamed("ttm-buffer"));
    expect(result.verdict).toBe("broken");
    expect(rules(result)).toEqual(["refusal"]);
    expect(result.findings[0]!.trace.operations).toEqual([]);
    expect(run("ttm-buffer", "sme-zen2,iommu=translated", "amdgpu-raven")).toMatchObject({ verdict: "refused", findings: [] });
    // Nobody says what holds for one that is passed through.
    expect(run("ttm-buffer", "sev", "amdgpu-raven")).toMatchObject({ verdict: "refused", findings: [] });
  });
});

describe("what a driver and a machine leave of a workload", () => {
  const ops = (workload: string, device: string, machine: string): string[] =>
    suited(workloadNamed(workload), driver(device), parseOneMachine(machine)).actions.map((a) => a.operation.op);

  it("is no access of a device without DMA, no move without VRAM, no acceptance without TEE-IO", () => {
    expect(ops("ttm-buffer", "qxl", "none")).not.toContain("dev_read");
    expect(ops("ttm-move", "xe", "none").includes("bo_move")).toBe(driver("xe").vram === true);
    expect(ops("trust", "amdgpu-gfx9", "sev")).not.toContain("dev_accept");
    expect(ops("trust", "amdgpu-gfx9", "tdx")).toContain("dev_accept");
  });

  it("has write-backs of both tags where caches hold lines", () => {
    expect(ops("ttm-buffer", "amdgpu-gfx9", "sme-zen2,iommu=off,coherent=no").filter((op) => op === "writeback")).toHaveLength(2);
    expect(ops("ttm-buffer", "amdgpu-gfx9", "sme-zen2,iommu=off")).not.toContain("writeback");
  });
});
