// SPDX-License-Identifier: MIT
/** What every implementation of the kernel contract must hold to, operation by operation. */

import { describe, expect, it } from "vitest";
import { TOUCH_BLOCK_WORDS } from "../../src/base/index.ts";
import type { Configuration, DriverProfile, Kernel, KernelFactory, Operation, StepResult } from "../../src/kernel/index.ts";
import { OPERATIONS } from "../../src/kernel/index.ts";
import { type IommuMode, PLATFORMS } from "../../src/machine/index.ts";
import { differences, eventProblems, frameProblems, mistakes, outcomeProblems, resultProblems, show, viewProblems } from "./problems.ts";
import { ALL_OPERATIONS, type Scenario, SCENARIOS } from "./scenarios.ts";

/** A machine by its names. */
export function configuration(platform: string, iommu: IommuMode, more: Partial<Configuration> = {}): Configuration {
  return { name: `${platform},iommu=${iommu}`, platform: PLATFORMS.find((p) => p.name === platform)!, iommu, swiotlb: "default", ...more };
}

export interface ContractOptions {
  /** Called within tests: what it needs may be made in a `beforeAll`. */
  readonly factory: () => KernelFactory;
  readonly machines: readonly Configuration[];
  readonly driver: DriverProfile;
  /** The implementation says which blocks of its state may have changed (`Kernel.touched`). */
  readonly keepsTrack: boolean;
}

/** Operations that must name a page. */
const WITH_PAGES = ALL_OPERATIONS.filter((op) => SCENARIOS[op].neverWrong !== true && OPERATIONS[op].arguments.some((a) => a.name === "page" && !a.optional));

export function contractSuite(options: ContractOptions): void {
  /** Runs an operation, which the implementation must have. */
  function apply(kernel: Kernel, operation: Operation): StepResult {
    const result = kernel.apply(operation);
    if (result.outcome === "unsupported") throw new Error(`${operation.op}: ${result.reason}`);
    return result;
  }

  /** A kernel in which `scenario.run` may come next. */
  function ready(machine: Configuration, scenario: Scenario): Kernel {
    const { machine: needs } = scenario;
    const where = needs === undefined ? machine : configuration(needs.platform, "off", { coherent: needs.coherent ?? true, tlb: needs.tlb ?? false });
    const kernel = options.factory().create(where, options.driver);
    if (kernel.boot.status !== "ready") throw new Error(kernel.boot.reason);
    for (const operation of scenario.setup) {
      const result = apply(kernel, operation);
      // On the way to an access the machine may stop another one.
      if (result.outcome !== "done" && OPERATIONS[operation.op].group !== "access") throw new Error(`${JSON.stringify(operation)} on the way to ${scenario.run.op} gives ${JSON.stringify(result)}`);
    }
    return kernel;
  }

  describe("the contract", () => {
    it("has a scenario for every operation and no other", () => {
      expect([...ALL_OPERATIONS].sort()).toEqual(Object.keys(OPERATIONS).sort());
      expect(ALL_OPERATIONS.map((op) => SCENARIOS[op].run.op)).toEqual(ALL_OPERATIONS);
    });
  });

  describe.each(options.machines.map((m) => [m.name, m] as const))("%s", (_name, machine) => {
    it.for(ALL_OPERATIONS)("%s does what its type promises", (op) => {
      const scenario = SCENARIOS[op] as Scenario;
      const kernel = ready(machine, scenario);
      const result = apply(kernel, scenario.run);
      expect(outcomeProblems(scenario, kernel, result)).toEqual([]);
      expect(viewProblems(scenario, kernel)).toEqual([]);
      expect(frameProblems(scenario, kernel)).toEqual([]);
    });

    it.for(ALL_OPERATIONS)("%s shows what there is, whether or not somebody has looked before", (op) => {
      const scenario = SCENARIOS[op] as Scenario;
      const kernel = ready(machine, scenario);
      const look = (): unknown => ({ views: kernel.views(), frames: kernel.frames(), health: kernel.health() });
      look();
      apply(kernel, scenario.run);
      const seen = look();
      kernel.restore(kernel.save());
      expect(look()).toEqual(seen);
    });

    it(`${options.keepsTrack ? "keeps" : "does not keep"} track of what it touches`, () => {
      expect(ready(machine, SCENARIOS.bo_create as Scenario).touched !== undefined).toBe(options.keepsTrack);
    });

    it.for(options.keepsTrack ? ALL_OPERATIONS : [])("%s leaves alone what the kernel says it did not touch", (op) => {
      const scenario = SCENARIOS[op] as Scenario;
      const kernel = ready(machine, scenario);
      const before = kernel.save();
      kernel.restore(before);
      apply(kernel, scenario.run);
      expect(kernel.touched!.length).toBe(Math.ceil(before.length / TOUCH_BLOCK_WORDS));
      const changed = Array.from(kernel.save()).flatMap((word, at) => (word === before[at] ? [] : [Math.floor(at / TOUCH_BLOCK_WORDS)]));
      expect(changed.filter((block) => kernel.touched![block] === 0)).toEqual([]);
    });

    it.for(ALL_OPERATIONS)("%s is undone by restoring, and does the same again, in another kernel too", (op) => {
      const scenario = SCENARIOS[op] as Scenario;
      const kernel = ready(machine, scenario);
      const before = show(kernel);
      const result = apply(kernel, scenario.run);
      const after = show(kernel);
      kernel.restore(before.words);
      expect(differences(show(kernel), before)).toEqual([]);
      expect(kernel.apply(scenario.run)).toEqual(result);
      expect(differences(show(kernel), after)).toEqual([]);
      // Words are comparable within one kernel only.
      const other = ready(machine, scenario);
      expect(other.views()).toEqual(before.views);
      expect(other.apply(scenario.run)).toEqual(result);
      expect(other.views()).toEqual(after.views);
    });

    it.for(ALL_OPERATIONS.filter((op) => op.endsWith("_read")))("%s changes no state", (op) => {
      const scenario = SCENARIOS[op] as Scenario;
      const kernel = ready(machine, scenario);
      const before = show(kernel);
      apply(kernel, scenario.run);
      expect(differences(show(kernel), before)).toEqual([]);
    });

    it.for(ALL_OPERATIONS.filter((op) => SCENARIOS[op].neverWrong !== true))("%s on what is not there is an error, for accesses a fault, and changes nothing", (op) => {
      const scenario = SCENARIOS[op] as Scenario;
      const kernel = ready(machine, scenario);
      for (const operation of mistakes(scenario)) {
        const before = show(kernel);
        const result = apply(kernel, operation);
        expect(resultProblems(operation, result)).toEqual([]);
        const expected = OPERATIONS[op].group === "access" ? "fault" : "error";
        expect([operation, result.outcome, ...differences(show(kernel), before)]).toEqual([operation, expected]);
      }
    });

    it.for(WITH_PAGES)("%s of a page that the buffer does not have is an error, for accesses a fault, and changes no view", (op) => {
      const scenario = SCENARIOS[op] as Scenario;
      const kernel = ready(machine, scenario);
      for (const page of [2, 7]) {
        const operation = { ...scenario.run, page } as Operation;
        const before = kernel.views();
        const result = apply(kernel, operation);
        expect(resultProblems(operation, result)).toEqual([]);
        expect([operation, result.outcome]).toEqual([operation, OPERATIONS[op].group === "access" ? "fault" : "error"]);
        expect(kernel.views()).toEqual(before);
      }
    });

    it.for(ALL_OPERATIONS)("%s does the same while it is recorded; the record is well formed and told once", (op) => {
      const scenario = SCENARIOS[op] as Scenario;
      const kernel = ready(machine, scenario);
      const before = kernel.save().slice();
      const result = apply(kernel, scenario.run);
      const after = show(kernel);
      expect(kernel.events()).toEqual([]);
      kernel.restore(before);
      kernel.record(true);
      expect(kernel.apply(scenario.run)).toEqual(result);
      expect(eventProblems(kernel.events())).toEqual([]);
      expect(kernel.events()).toEqual([]);
      expect(differences({ ...show(kernel), views: after.views }, after)).toEqual([]);
      kernel.record(false);
      kernel.apply(scenario.run);
      expect(kernel.events()).toEqual([]);
    });

    it("says what frames hold and changes nothing by it", () => {
      const kernel = ready(machine, SCENARIOS.cpu_read as Scenario);
      const words = kernel.save().slice();
      const frames = kernel.frames();
      expect(frames.length).toBeGreaterThan(0);
      expect(kernel.save()).toEqual(words);
      expect(kernel.frames()).toEqual(frames);
    });

    it("keeps nothing of the kernel before kexec", () => {
      const kernel = ready(machine, SCENARIOS.bo_create as Scenario);
      const booted = kernel.save().slice();
      const first = apply(kernel, { op: "kexec" });
      const after = kernel.save().slice();
      kernel.restore(booted);
      apply(kernel, SCENARIOS.bo_create.run);
      apply(kernel, { op: "fail", function: "vmap" });
      expect(apply(kernel, { op: "kexec" })).toEqual(first);
      expect(kernel.save()).toEqual(after);
    });

    it("records what populating a buffer takes", () => {
      const kernel = ready(machine, SCENARIOS.bo_populate as Scenario);
      kernel.record(true);
      kernel.apply(SCENARIOS.bo_populate.run);
      expect(kernel.events().length).toBeGreaterThan(0);
    });

    it("counts costs from the last reset on", () => {
      const kernel = ready(machine, SCENARIOS.bo_populate as Scenario);
      kernel.apply(SCENARIOS.bo_populate.run);
      kernel.resetCosts();
      const { sharedPages: _shared, ...counts } = kernel.costs() ?? { sharedPages: 0 };
      expect(Object.values(counts).filter((count) => count !== 0)).toEqual([]);
    });
  });
}
