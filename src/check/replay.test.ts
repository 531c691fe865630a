// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { toyKernel } from "../../test/support/toy-kernel.ts";
import { DOMAIN_HOST } from "../machine/index.ts";
import { ttmBuffer } from "../scenarios/workloads/ttm-buffer.ts";
import { replayOn } from "./replay.ts";
import { parseStep } from "./trace.ts";

const steps = (text: string) => text.split(" ").map((s, i) => parseStep(s, i + 1));

describe("replay", () => {
  it("tells results, events, changes of views and what was promised", () => {
    const kernel = toyKernel({ domains: { vmap: DOMAIN_HOST } });
    const replay = replayOn(kernel, ttmBuffer, steps("bo_create bo_populate bo_vmap cpu_write:vmap dev_read bo_vunmap"));
    expect(replay.left).toBe(0);
    expect(replay.steps.map((s) => s.changes.map((c) => `${c.change} ${c.view.kind}`))).toEqual([
      [],
      ["new linear", "new device"],
      ["new vmap"],
      [],
      [],
      ["gone vmap"],
    ]);
    expect(replay.steps[1]!.events).toEqual([{ function: "toy_apply", file: "toy.c:2", text: "runs bo_populate" }]);
    expect(replay.steps.map((s) => s.expected)).toEqual([null, null, null, null, 3, null]);
    expect(replay.steps.map((s) => s.violations.map((v) => v.rule))).toEqual([[], [], ["alias-attribute"], [], ["ciphertext-read"], []]);
  });

  it("stops at a step that fails", () => {
    const kernel = toyKernel({ fails: { op: "bo_vmap", result: { outcome: "crash", reason: "BUG", at: "toy.c:9" } } });
    const replay = replayOn(kernel, ttmBuffer, steps("bo_create bo_populate bo_vmap cpu_write:vmap"));
    expect(replay.steps.length).toBe(3);
    expect(replay.left).toBe(1);
    expect(replay.steps[2]!.violations[0]!.title).toBe("bo_vmap fails: crash: BUG (toy.c:9)");
  });

  it("says at which step an order does not apply, and why", () => {
    expect(() => replayOn(toyKernel(), ttmBuffer, steps("bo_create cpu_write:vmap"))).toThrow("step 2 (cpu_write:vmap) does not apply: the buffer must be vmapped before it");
    expect(() => replayOn(toyKernel(), ttmBuffer, steps("bo_create bo_create"))).toThrow("must not be created");
    expect(() => replayOn(toyKernel(), ttmBuffer, steps("bo_create bo_destroy"))).toThrow("step 2 (bo_destroy) is not an operation of the workload ttm-buffer");
  });
});
