// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { TOY_DRIVER, TOY_MACHINE, toyFactory, type ToyOptions } from "../../../test/support/toy-kernel.ts";
import type { StepResult } from "../../kernel/index.ts";
import { poolReuse } from "../../scenarios/workloads/pool-reuse.ts";
import { ttmBuffer } from "../../scenarios/workloads/ttm-buffer.ts";
import { type CaseResult, checkCase } from "../case.ts";
import { formatStep } from "../trace.ts";
import type { Workload } from "../workload.ts";
import { type Sometimes, sometimesText } from "./property.ts";
import { Reached, type ReachedData } from "./reached.ts";
import { underSymmetry } from "./symmetry.ts";
import { missing } from "./vacuous.ts";

const run = (options: ToyOptions, workload: Workload): CaseResult => checkCase(toyFactory(options), TOY_MACHINE, TOY_DRIVER, workload);
const about = (...sometimes: readonly Sometimes[]): Workload => ({ ...ttmBuffer, sometimes });
const without = (workload: Workload, op: string): Workload => ({ ...workload, actions: workload.actions.filter((a) => a.operation.op !== op) });
const ENOMEM: StepResult = { outcome: "error", errno: "ENOMEM", from: "toy" };
const NOTHING: ReachedData = { properties: [], ended: [], blocked: [] };

describe("a case that does not come to what its workload is about", () => {
  const afterVmap = about({ reader: "device", writer: "vmap" });

  it("is an error that says which workload, which case and what", () => {
    expect(() => run({}, without(afterVmap, "bo_vmap"))).toThrow(
      expect.objectContaining({ code: "CBIT-302", exit: 4, message: "the workload ttm-buffer never comes to what it is about on toy@none, so that its verdict would be empty: device after vmap" }),
    );
    expect(run({}, afterVmap).reached).toEqual(["device after vmap"]);
  });

  it("is one for a broken case too", () => {
    const stale = { bounced: true };
    expect(run(stale, about({ reader: "device", writer: "vmap" }))).toMatchObject({ verdict: "broken", reached: ["device after vmap"] });
    expect(() => run(stale, without(about({ reader: "device", writer: "kmap" }, { reader: "device", writer: "vmap" }), "bo_vmap"))).toThrow(/: device after vmap$/);
  });

  it("is none where a violation keeps it from that: what it takes ends in one, or what comes before", () => {
    expect(run({ fails: { op: "bo_vmap", result: ENOMEM } }, afterVmap)).toMatchObject({ verdict: "broken", complete: true, reached: [] });
    expect(run({ fails: { op: "bo_create", result: ENOMEM } }, afterVmap)).toMatchObject({ verdict: "broken", reached: [] });
    expect(run({ fails: { op: "dev_read", result: ENOMEM } }, afterVmap)).toMatchObject({ verdict: "broken", reached: [] });
  });

  it("is one where the violation has nothing to do with it", () => {
    const workload = without(about({ reader: "user", writer: "kmap" }, { reader: "device", writer: "vmap" }), "bo_fault");
    expect(() => run({ fails: { op: "bo_vmap", result: ENOMEM } }, workload)).toThrow(/: user after kmap$/);
  });

  it("is none where not every order was tried", () => {
    expect(checkCase(toyFactory(), TOY_MACHINE, TOY_DRIVER, afterVmap, { bounds: { states: 3, depth: 64 } })).toMatchObject({ verdict: "bounded", reached: [] });
  });
});

describe("what the kernel does with frames", () => {
  const bounced = about({ bounced: 0 });

  it("is seen where the device has another frame", () => {
    expect(run({ bounced: true }, bounced)).toMatchObject({ verdict: "broken", reached: ["bounced"] });
    expect(() => run({}, bounced)).toThrow(/: bounced$/);
  });

  it("need not be seen of a kernel that is told of an error", () => {
    expect(missing({ workload: bounced, seen: NOTHING, broken: false }).map(sometimesText)).toEqual(["bounced"]);
    expect(missing({ workload: bounced, seen: NOTHING, broken: true })).toEqual([]);
    expect(missing({ workload: about({ done: "bo_vmap" }), seen: NOTHING, broken: true }).map(sometimesText)).toEqual(["bo_vmap"]);
  });
});

describe("ways through the flags", () => {
  const action = (text: string): number => ttmBuffer.actions.findIndex((a) => formatStep(a.operation) === text);
  const flag = (...names: readonly string[]): number => names.reduce((bits, name) => bits | (1 << ttmBuffer.flags.indexOf(name)), 0);
  const readWhileKmapped = about({ done: "cpu_read", by: "vmap", during: ["kmapped"] });

  it("are closed one by one: with one left the property can be seen", () => {
    const first = [flag("created", "populated"), action("bo_vmap")] as const;
    const second = [flag("created", "populated", "kmapped"), action("bo_vmap")] as const;
    const others = [flag("created", "populated", "faulted"), flag("created", "populated", "kmapped", "faulted")].map((p) => [p, action("bo_vmap")] as const);
    expect(missing({ workload: readWhileKmapped, seen: { ...NOTHING, ended: [first] }, broken: true })).toHaveLength(1);
    expect(missing({ workload: readWhileKmapped, seen: { ...NOTHING, ended: [first, second] }, broken: true })).toHaveLength(1);
    expect(missing({ workload: readWhileKmapped, seen: { ...NOTHING, ended: [first, second, ...others] }, broken: true })).toEqual([]);
  });

  it("are closed too where the step was taken before one that is independent of it", () => {
    const kmap = action("bo_kmap");
    const vmap = action("bo_vmap");
    const independence = ttmBuffer.actions.map((_, a) => Uint32Array.of(a === kmap ? 1 << vmap : a === vmap ? 1 << kmap : 0));
    const ended = [flag("created", "populated"), flag("created", "populated", "faulted")].map((p) => [p, vmap] as const);
    expect(missing({ workload: readWhileKmapped, seen: { ...NOTHING, ended }, broken: true })).toHaveLength(1);
    expect(missing({ workload: readWhileKmapped, seen: { ...NOTHING, ended }, broken: true, independence })).toEqual([]);
  });

  it("do not matter where the property's own read ended in a violation", () => {
    expect(missing({ workload: readWhileKmapped, seen: { ...NOTHING, blocked: [0] }, broken: true })).toEqual([]);
  });
});

describe("what several searches have seen", () => {
  it("comes together, whichever is first", () => {
    const one: ReachedData = { properties: [3, 1], ended: [[1, 2]], blocked: [0] };
    const other: ReachedData = { properties: [1, 0], ended: [[1, 2], [0, 1]], blocked: [] };
    const merged = [[one, other], [other, one]].map((parts) => {
      const reached = new Reached(ttmBuffer);
      for (const part of parts) reached.merge(part);
      return reached;
    });
    expect(merged[0]!.data).toMatchObject({ properties: [0, 1, 3], blocked: [0] });
    expect(merged[1]!.data.properties).toEqual(merged[0]!.data.properties);
    expect(merged[0]!.data.ended).toHaveLength(2);
    expect(merged[0]!.reached.map(sometimesText)).toEqual(["kmap after kmap", "vmap after kmap", "device after kmap"]);
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
  });

  it("has the images under a symmetry of buffers, flags with them", () => {
    const { actions } = poolReuse;
    const ofBuffer = (op: string, buf: number): number => actions.findIndex(({ operation: o }) => o.op === op && "buf" in o && o.buf === buf);
    const swap = actions.map(({ operation: o }, n) => ("buf" in o && o.buf < 2 ? ofBuffer(o.op, 1 - o.buf) : n));
    const number = (s: string): number => poolReuse.sometimes.findIndex((p) => sometimesText(p) === s);
    const destroy = actions.findIndex((a) => a.operation.op === "bo_destroy");
    const seen: ReachedData = { properties: [number("device after device"), number("page reused (buffer 0 to 1)"), number("pool_shrink")], blocked: [], ended: [[3, destroy]] };
    const all = underSymmetry(poolReuse, seen, [actions.map((_, n) => n), swap]);
    expect(all.properties.map((n) => sometimesText(poolReuse.sometimes[n]!))).toEqual([
      "device after device",
      "device after device (buffer 1)",
      "pool_shrink",
      "page reused (buffer 0 to 1)",
      "page reused (buffer 1 to 0)",
    ]);
    // "created" and "populated" of the one become those of the other.
    expect(all.ended).toEqual([[3, destroy], [12, swap[destroy]!]]);
  });
});
