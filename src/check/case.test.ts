// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { TOY_DRIVER, TOY_MACHINE, toyFactory, toyKernel, type ToyOptions } from "../../test/support/toy-kernel.ts";
import { DOMAIN_HOST } from "../machine/index.ts";
import { ttmBuffer } from "../scenarios/workloads/ttm-buffer.ts";
import { type CaseResult, checkCase, DEFAULT_BOUNDS } from "./case.ts";
import { KernelSpace } from "./kernel-space.ts";
import { RULES } from "./rules/index.ts";
import { search } from "./explorer/search.ts";
import { formatStep } from "./trace.ts";
import type { Workload } from "./workload.ts";

const run = (options: ToyOptions, workload: Workload = ttmBuffer): CaseResult => checkCase(toyFactory(options), TOY_MACHINE, TOY_DRIVER, workload);
const told = (result: CaseResult): Record<string, string> =>
  Object.fromEntries(result.findings.map((f) => [f.rule, f.trace.operations.map(formatStep).join(" ")]));

describe("a case on the toy kernel", () => {
  it("holds where all views agree, with the exact number of states", () => {
    const result = run({});
    expect(result).toMatchObject({ verdict: "holds", complete: true, findings: [] });
    // before bo_create; before bo_populate; then kmap and vmap on or off, user faulted or not, and the last token:
    // nothing, device, kmap, vmap, or user (only once faulted).
    expect(result.states).toBe(2 + 4 * (4 + 5));
  });

  it("sees the alias at the mapping and the noise at the first read, by the shortest orders", () => {
    const result = run({ domains: { vmap: DOMAIN_HOST } });
    expect(result.verdict).toBe("broken");
    expect(told(result)).toEqual({
      "alias-attribute": "bo_create bo_populate bo_vmap",
      "ciphertext-read": "bo_create bo_populate bo_vmap cpu_write:vmap dev_read",
    });
    expect(result.findings[0]).toMatchObject({ id: "toy@none/ciphertext-read", title: "the device gets ciphertext instead of what the CPU wrote through its vmap" });
    expect(result.findings[1]!.title).toBe("the vmap has C=1 (host key), the linear map C=0 (plain), on the same page");
  });

  it("sees the stale view behind a bounce buffer", () => {
    const result = run({ bounced: true });
    expect(told(result)).toEqual({ "stale-view": "bo_create bo_populate bo_vmap cpu_write:vmap dev_read" });
    expect(result.findings[0]!.title).toBe("the device gets zeros instead of what the CPU wrote through its vmap");
  });

  it("reports an operation that fails, and does not go on from there", () => {
    const result = run({ fails: { op: "bo_populate", result: { outcome: "error", errno: "ENOMEM", from: "dma_alloc_attrs" } } });
    expect(told(result)).toEqual({ "mapping-failed": "bo_create bo_populate" });
    expect(result.findings[0]!.title).toBe("bo_populate fails: dma_alloc_attrs returned -ENOMEM");
    expect(result.states).toBe(2);
  });

  it("passes on what boot says", () => {
    expect(run({ boot: { status: "refused", reason: "no" } })).toMatchObject({ verdict: "refused", reason: "no", states: 0 });
    expect(run({ boot: { status: "unsupported", reason: "not yet" } })).toMatchObject({ verdict: "unsupported", reason: "not yet", states: 0 });
  });

  it("is bounded where it found nothing within the bounds", () => {
    expect(checkCase(toyFactory(), TOY_MACHINE, TOY_DRIVER, ttmBuffer, { bounds: { states: 10, depth: 64 } })).toMatchObject({ verdict: "bounded", complete: false });
  });

  it("does not call an empty search `holds`", () => {
    const empty: Workload = { ...ttmBuffer, actions: ttmBuffer.actions.filter((a) => a.operation.op !== "bo_fault") };
    expect(() => run({}, empty)).toThrow(/would be empty.*user after kmap/);
  });

  it("asks for views and restores only where it must", () => {
    const kernel = toyKernel();
    const space = new KernelSpace(kernel, ttmBuffer, RULES);
    const result = search(space, { bounds: DEFAULT_BOUNDS });
    expect(kernel.calls.views).toBeLessThan(result.states);
    expect(kernel.calls.restore).toBeLessThan(result.transitions / 1.5);
  });
});
