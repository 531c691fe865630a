// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { bufferOfToken, tokenOf } from "../../check/agents.ts";
import { replayOn } from "../../check/replay.ts";
import { duringMask, operationsFor, sometimesText } from "../../check/sometimes/property.ts";
import { formatStep, formatToken, parseToken } from "../../check/trace.ts";
import { type Action, advance, mayRun, suited, type Workload } from "../../check/workload.ts";
import { createModelFactory, DRIVERS } from "../../linux/index.ts";
import { MAX_BUF_PAGES, MAX_BUFS } from "../../linux/layout.ts";
import { parseOneMachine } from "../machines.ts";
import { WORKLOADS, workloadNamed } from "./index.ts";
import { MOST_BUFFERS, MOST_PAGES, type Scale, scaled } from "./scale.ts";

const named = (name: string): Workload => WORKLOADS.find((w) => w.name === name)!;
const steps = (actions: readonly Action[]): string[] => actions.map((a) => formatStep(a.operation));

/** All values that the progress can have. */
function progresses(w: Workload): Set<number> {
  const seen = new Set([0]);
  for (const p of seen) for (const a of w.actions) if (mayRun(a, p)) seen.add(advance(a, p));
  return seen;
}

describe("a scaled workload", () => {
  it("is the workload itself where that is what it has", () => {
    for (const w of WORKLOADS) {
      expect(scaled(w, {})).toBe(w);
      expect(scaled(w, { buffers: w.buffers })).toBe(w);
    }
    for (const w of WORKLOADS.filter(({ pages }) => pages === 1)) expect(scaled(w, { buffers: w.buffers, pages: 1 })).toBe(w);
  });

  it("has room where the model has", () => {
    expect([MOST_BUFFERS, MOST_PAGES]).toEqual([MAX_BUFS, MAX_BUF_PAGES]);
  });

  it("has what the workload does, and the same for the copy, with tokens of its own", () => {
    const w = named("ttm-buffer");
    const two = scaled(w, { buffers: 2 });
    expect(two.flags).toHaveLength(10);
    expect(two.actions.slice(0, w.actions.length)).toEqual(w.actions);
    const copy = two.actions.slice(w.actions.length);
    expect(steps(copy)).toEqual(steps(w.actions).map((s) => s.replace(/^(\w+(?::(?:kmap|vmap|user))?)/, "$1:buf=1")));
    copy.forEach((a, i) => expect([a.requires, a.forbids, a.sets, a.clears]).toEqual([w.actions[i]!.requires, w.actions[i]!.forbids, w.actions[i]!.sets, w.actions[i]!.clears].map((m) => m << 5)));
    const writes = two.actions.flatMap(({ operation: o }) => ("value" in o ? [o] : []));
    expect(writes).toHaveLength(8);
    expect(writes.map((o) => bufferOfToken(o.value))).toEqual(writes.map((o) => o.buf));
  });

  it.each(["ttm-buffer", "ttm-move", "ttm-swap", "ttm-wc", "dma-streaming", "dma-coherent", "dma-buf"])("%s: the progress of copies is independent", (name) => {
    const w = named(name);
    const per = progresses(w).size;
    expect(progresses(scaled(w, { buffers: w.buffers * 2 })).size).toBe(per * per);
  });

  it("must come to what the workload must, with each copy and with its flags", () => {
    const two = scaled(named("ttm-move"), { buffers: 2 });
    const names = two.sometimes.map(sometimesText);
    expect(names).toHaveLength(new Set(names).size);
    expect(names.filter((n) => n.startsWith("vmap after device"))).toEqual([
      "vmap after device",
      "vmap after device while in VRAM (buffer 0)",
      "vmap after device (buffer 1)",
      "vmap after device (buffer 1) while in VRAM (buffer 1)",
    ]);
    expect(names.filter((n) => n.startsWith("bo_evict"))).toEqual(["bo_evict"]);
    for (const w of WORKLOADS.filter((x) => x.buffers <= 2)) {
      const copies = scaled(w, { buffers: w.buffers * 2 });
      for (const s of copies.sometimes) for (const matches of operationsFor(s)) expect(s.when === "incoherent" || copies.actions.some((a) => matches(a.operation))).toBe(true);
      for (const s of copies.sometimes) expect(duringMask(s, copies.flags) === 0).toBe(!("during" in s));
    }
  });

  it.each([["trust", "accepted"], ["set-memory-failures", "armed"]])("%s: what is there once stays once", (name, flag) => {
    const w = named(name);
    const two = scaled(w, { buffers: 4 });
    expect(two.flags.filter((f) => f.startsWith(flag))).toEqual([flag]);
    expect(two.flags).toHaveLength(1 + 2 * (w.flags.length - 1));
    const global = (of: Workload): string[] => steps(of.actions.filter((a) => !("buf" in a.operation)));
    expect(global(two)).toEqual(global(w));
  });

  it("asks of all copies what must not be, and of any what must", () => {
    const wc = scaled(named("ttm-wc"), { buffers: 3 });
    const shrink = wc.actions.filter((a) => a.operation.op === "pool_shrink");
    expect(shrink).toHaveLength(1);
    expect(shrink[0]!.forbids).toBe(0b0001_0001_0001);
    const swap = scaled(named("ttm-swap"), { buffers: 2 }).actions.filter((a) => a.operation.op === "pool_shrink");
    expect(swap.map((a) => a.requires)).toEqual([0b01000, 0b01000 << 5]);
    const revoke = scaled(named("trust"), { buffers: 4 }).actions.find((a) => a.operation.op === "dev_revoke")!;
    expect([revoke.requires, revoke.forbids]).toEqual([0b0000001, 0b1011010]);
  });

  it("goes to each page, with one kernel map of one page at a time", () => {
    const w = scaled(named("ttm-buffer"), { pages: 2 });
    expect([w.name, w.buffers, w.pages]).toEqual(["ttm-buffer,pages=2", 1, 2]);
    expect(w.flags).toEqual(["created", "populated", "kmapped (page 0)", "kmapped (page 1)", "vmapped", "faulted"]);
    expect(steps(w.actions)).toEqual(expect.arrayContaining(["bo_kmap", "bo_kmap:page=1", "cpu_read:kmap:page=1", "dev_write", "dev_write:page=1", "bo_fault"]));
    expect(steps(w.actions).filter((s) => s.startsWith("bo_fault") || s === "bo_vmap")).toEqual(["bo_vmap", "bo_fault"]);
    const both = progresses(w);
    expect([...both].filter((p) => (p & 0b1100) === 0b1100)).toEqual([]);
    expect(both.size).toBe(1 + 1 + 3 * 4);
    const unmaps = w.actions.filter((a) => a.operation.op === "bo_kunmap");
    expect(unmaps.map((a) => [a.requires, a.clears])).toEqual([[0b100, 0b100], [0b1000, 0b1000]]);
  });

  it("makes buffers of so many pages, but none of another size and none out of an atomic pool", () => {
    const sizes = (name: string, scale: Scale): string[] => steps(scaled(named(name), scale).actions).filter((s) => /^(bo_create|dma_alloc|page_alloc)/.test(s));
    expect(sizes("ttm-buffer", { pages: 3 })).toEqual(["bo_create:pages=3"]);
    expect(sizes("dma-coherent", { pages: 2 })).toEqual(["dma_alloc:pages=2", "dma_alloc:buf=1:atomic"]);
    expect(sizes("set-memory-failures", { pages: 3 })).toEqual(["dma_alloc:pages=3", "page_alloc:buf=1"]);
    expect(steps(scaled(named("dma-coherent"), { pages: 2 }).actions)).not.toContain("dev_read:buf=1:page=1");
    expect(steps(scaled(named("dma-buf"), { pages: 2 }).actions)).toContain("dev_read:buf=1:page=1");
  });

  it("keeps imports within their copy", () => {
    const imports = scaled(named("dma-buf"), { buffers: 4 }).actions.map((a) => a.operation).filter((o) => o.op === "bo_import");
    expect(imports).toEqual([{ op: "bo_import", buf: 1, from: 0 }, { op: "bo_import", buf: 3, from: 2 }]);
  });

  it.each<[string, Scale, string]>([
    ["pool-reuse", { buffers: 4 }, "cannot have 4 buffers: it has 3 together"],
    ["pool-reuse", { buffers: 6 }, "room for 4 buffers of 4 pages"],
    ["ttm-buffer", { buffers: 5 }, "room for 4 buffers of 4 pages"],
    ["ttm-buffer", { pages: 5 }, "room for 4 buffers of 4 pages"],
    ["ttm-buffer", { buffers: 0 }, "cannot have 0 buffers"],
    ["ttm-buffer", { pages: 1.5 }, "cannot have 1.5 pages"],
    ["ttm-chunks", { pages: 2 }, "a buffer of three pages"],
    ["ttm-move", { buffers: 4, pages: 2 }, "VRAM has 4 pages"],
    ["ttm-swap", { buffers: 4, pages: 3 }, "memory for 8 pages"],
  ])("%s cannot be %o", (name, scale, message) => {
    expect(() => scaled(named(name), scale)).toThrow(expect.objectContaining({ code: "CBIT-110", exit: 2, message: expect.stringContaining(message) as string }) as Error);
  });

  it("is read from its name", () => {
    for (const name of ["ttm-buffer,buffers=2", "ttm-buffer,pages=2", "ttm-buffer,buffers=4,pages=4", "dma-streaming,buffers=4", "ttm-chunks,buffers=2"]) expect(workloadNamed(name).name).toBe(name);
    expect(workloadNamed("ttm-buffer,pages=2,buffers=2").name).toBe("ttm-buffer,buffers=2,pages=2");
    expect(workloadNamed("dma-streaming,buffers=2,pages=1")).toBe(named("dma-streaming"));
    for (const name of ["ttm-bufer,buffers=2", "ttm-buffer,", "ttm-buffer,buffers", "ttm-buffer,buffers=x", "ttm-buffer,buffers=2,buffers=2", "ttm-buffer,page=2", "ttm-buffer,toString=2"]) {
      expect(() => workloadNamed(name)).toThrow(expect.objectContaining({ code: "CBIT-105", exit: 2 }) as Error);
    }
  });

  it("replays from its token, with all 32 flags", () => {
    const operations = ["bo_create:buf=3:pages=4", "bo_create:pages=4", "bo_populate:buf=3", "bo_populate", "bo_kmap:buf=3:page=3", "cpu_write:kmap:buf=3:page=3", "dev_read:buf=3:page=3"];
    expect(workloadNamed("ttm-buffer,buffers=4,pages=4").flags).toHaveLength(32);
    const token = `cbit1/model:6.12/decrypt-dma-alloc-guest/sme-zen2,iommu=off/amdgpu-gfx9/ttm-buffer,buffers=4,pages=4/${operations.join(",")}`;
    const trace = parseToken(token);
    expect(formatToken(trace)).toBe(token);
    const configuration = parseOneMachine(trace.machine);
    const driver = DRIVERS.find((d) => d.name === trace.device)!;
    const kernel = createModelFactory({ release: "6.12", policy: trace.policy! }).create(configuration, driver);
    const replay = replayOn(kernel, suited(workloadNamed(trace.workload), driver, configuration), trace.operations);
    expect(replay.left).toBe(0);
    expect(replay.steps.map((s) => s.result.outcome)).toEqual(operations.map(() => "done"));
    expect(replay.steps.at(-1)!.expected).toBe(tokenOf("kmap", 3));
  });
});
