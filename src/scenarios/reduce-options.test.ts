// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { TOY_DRIVER, toyFactory, type ToyOptions } from "../../test/support/toy-kernel.ts";
import { formatStep, parseToken, type RuleId } from "../check/index.ts";
import type { Configuration, KernelFactory } from "../kernel/index.ts";
import { createModelFactory, DRIVERS } from "../linux/index.ts";
import { DOMAIN_HOST } from "../machine/index.ts";
import { parseOneMachine } from "./machines.ts";
import { type Reduction, reduceCase } from "./reduce-options.ts";
import { workloadNamed } from "./workloads/index.ts";
import { ttmBuffer } from "./workloads/ttm-buffer.ts";

const steps = (text: string) => parseToken(`cbit1/k/p/m/d/w/${text.split(" ").join(",")}`).operations;
const SHORTEST = "bo_create bo_populate bo_vmap cpu_write:vmap dev_read";
const LONG = "bo_create bo_populate bo_kmap bo_vmap cpu_write:kmap cpu_write:vmap dev_read";

/** A toy kernel that is built as its machine says. */
const toy = (options: (c: Configuration) => ToyOptions): KernelFactory => ({ ...toyFactory(), create: (c, d) => toyFactory(options(c)).create(c, d) });
const on = (factory: KernelFactory, machine: string, rule: RuleId = "ciphertext-read", text = LONG): Reduction => reduceCase(factory, parseOneMachine(machine), TOY_DRIVER, ttmBuffer, rule, steps(text));

describe("what a counterexample needs of its machine", () => {
  it("tells needed options from others, with what the alternatives come to", () => {
    const reduced = on(toy((c) => (c.iommu === "translated" ? {} : { domains: { vmap: DOMAIN_HOST } })), "sme-zen3,iommu=off,swiotlb=force,ram=8");
    expect(reduced).toMatchObject({ irrelevant: ["swiotlb=force", "ram=8"], machine: "sme-zen3,iommu=off" });
    expect(reduced.needs).toEqual([{ option: "iommu=off", instead: [{ instead: "iommu=identity", outcome: "same" }, { instead: "iommu=translated", outcome: "nothing" }] }]);
    expect(reduced.operations.map(formatStep).join(" ")).toBe(SHORTEST);
  });

  it("tells another root cause, and machines that do not boot, from the same", () => {
    const reduced = on(
      toy(({ iommu }) => (iommu === "translated" ? { boot: { status: "refused", reason: "no" } } : { domains: { vmap: DOMAIN_HOST }, choosers: { vmap: iommu } })),
      "sme-zen2,iommu=off",
    );
    expect(reduced.needs).toEqual([{ option: "iommu=off", instead: [{ instead: "iommu=identity", outcome: "other cause" }, { instead: "iommu=translated", outcome: "does not run" }] }]);
  });

  it("keeps one of two options that do the same, and each of two that go together", () => {
    const either = on(toy((c) => (c.swiotlb === "force" || c.ramGiB === 8 ? { bounced: true } : {})), "sev,swiotlb=force,ram=8", "stale-view");
    expect(either).toMatchObject({ irrelevant: ["swiotlb=force"], needs: [{ option: "ram=8" }], machine: "sev,ram=8" });
    const both = on(toy((c) => (c.swiotlb === "force" && c.ramGiB === 8 ? { bounced: true } : {})), "sev,swiotlb=force,ram=8", "stale-view");
    expect(both).toMatchObject({ irrelevant: [], needs: [{ option: "swiotlb=force", instead: [{ instead: "swiotlb=default", outcome: "nothing" }] }, { option: "ram=8" }] });
  });

  it("leaves out options without a usual value", () => {
    expect(on(toy((c) => (c.swiotlbPages === 4 ? { bounced: true } : {})), "sev,swiotlb-pages=4,ttm-pages-limit=3", "stale-view")).toMatchObject({
      needs: [{ option: "swiotlb-pages=4", instead: [{ instead: "without swiotlb-pages=", outcome: "nothing" }] }],
      irrelevant: ["ttm-pages-limit=3"],
    });
  });

  it("names the first machine that shows the same", () => {
    expect(on(toy(() => ({ bounced: true })), "sev-snp", "stale-view").simpler).toBe("none");
    expect(on(toy((c) => (c.platform.guest ? { bounced: true } : {})), "sev-snp", "stale-view").simpler).toBe("sev");
    expect(on(toy(() => ({ bounced: true })), "none", "stale-view").simpler).toBeNull();
  });

  it("finds on the model that a mask below the C-bit bounces by itself", () => {
    const factory = createModelFactory({ release: "6.12", policy: "decrypt-dma-alloc-guest" });
    const driver = DRIVERS.find((d) => d.name === "xe")!;
    const reduced = reduceCase(factory, parseOneMachine("sme-zen2,iommu=off,swiotlb=force,tlb=yes,cells=256"), driver, workloadNamed("ttm-buffer"), "stale-view", steps(SHORTEST));
    expect(reduced).toMatchObject({ irrelevant: ["swiotlb=force", "tlb=yes", "cells=256"], machine: "sme-zen2,iommu=off", simpler: null });
    expect(reduced.needs.map((n) => n.option)).toEqual(["iommu=off"]);
  });
});
