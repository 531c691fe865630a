// SPDX-License-Identifier: MIT
/** The explorer's self-check agrees where reductions are sound, and tells where one is not. */

import { describe, expect, it } from "vitest";
import { independenceFrom, KernelSpace, RULES, selfCheck, selfCheckCase, type SelfCheckOptions, type Space, suited, type Workload, wrongPairText } from "../src/check/index.ts";
import { createModelFactory, DRIVERS } from "../src/linux/index.ts";
import { parseOneMachine, scaled, WORKLOADS, workloadNamed } from "../src/scenarios/index.ts";
import { BROKEN, TOYS } from "./support/toy-models/index.ts";
import { type Model, ModelSpace } from "./support/toy-models/model.ts";

const factory = createModelFactory({ release: "6.12", policy: "decrypt-dma-alloc-guest" });
const driver = (name: string) => DRIVERS.find((d) => d.name === name)!;
const FAR: SelfCheckOptions = { bounds: { states: 1e6, depth: 1e6 }, pairStates: 300 };
const CLEAN = { differences: [], pairs: { wrong: [] } };

describe("sound reductions", () => {
  it.each([...TOYS, ...BROKEN].map((toy) => [toy.name, toy] as const))("agree on %s", (_, { model, layout }) => {
    const result = selfCheck(() => new ModelSpace(model, layout), FAR);
    expect(result).toMatchObject(CLEAN);
    const [plain, partial] = result.rows;
    expect(partial!.transitions).toBeLessThanOrEqual(plain!.transitions);
  });

  it.each(["none", "sev", "sme-zen2,iommu=off"].flatMap((machine) => WORKLOADS.map((w) => [w.name, machine] as const)))("agree on %s on %s", { timeout: 30_000 }, (workload, machine) => {
    const result = selfCheckCase(factory, parseOneMachine(machine), driver("xe"), workloadNamed(workload), { ...FAR, pairStates: 50 })!;
    expect(result).toMatchObject({ ...CLEAN, verdicts: [result.verdicts[0], result.verdicts[0], result.verdicts[0], result.verdicts[0]] });
    const [plain, partial] = result.rows;
    expect(partial!.transitions).toBeLessThan(plain!.transitions);
  });

  it.each<readonly [string, Workload]>([
    ["two TTM buffers", scaled(workloadNamed("ttm-wc"), { buffers: 2 })],
    ["two pairs of buffers of the DMA API", scaled(workloadNamed("dma-coherent"), { buffers: 4 })],
  ])("agree on %s", { timeout: 60_000 }, (_, workload) => {
    expect(selfCheckCase(factory, parseOneMachine("sme-zen2,iommu=off"), driver("xe"), workload, { bounds: { states: 4000, depth: 100 }, pairStates: 50 })).toMatchObject(CLEAN);
  });

  it("agree as far as a bound lets them look", () => {
    const bounded = { ...FAR, pairStates: 50 };
    for (const bounds of [{ states: 40, depth: 100 }, { states: 1e6, depth: 4 }]) {
      const result = selfCheckCase(factory, parseOneMachine("sev"), driver("xe"), workloadNamed("ttm-buffer"), { ...bounded, bounds })!;
      expect(result).toMatchObject(CLEAN);
      expect(result.rows[0]!.complete).toBe(false);
    }
  });

  it("have nothing to compare where nothing boots", () => {
    expect(selfCheckCase(factory, parseOneMachine("sme-zen2,iommu=translated"), driver("amdgpu-raven"), workloadNamed("ttm-buffer"), FAR)).toBeNull();
  });
});

/** A case with another independence than the one that is declared. */
function forgedCase(workload: Workload, independent: (a: number, b: number) => boolean): { readonly make: () => Space; readonly workload: Workload } {
  const machine = parseOneMachine("sev");
  const cut = suited(workload, driver("xe"), machine);
  const independence = independenceFrom(cut.actions.length, independent);
  class Forged extends KernelSpace {
    override get independence() {
      return independence;
    }
  }
  return { make: () => new Forged(factory.create(machine, driver("xe")), cut, RULES), workload: cut };
}

describe("a reduction that is not sound", () => {
  it("shows in the depth where two allocations are declared independent: who comes second gets other frames", () => {
    const ops = workloadNamed("host").actions.map((a) => a.operation.op);
    const [pages, dma] = [ops.indexOf("page_alloc"), ops.indexOf("dma_alloc")];
    const { make, workload } = forgedCase(workloadNamed("host"), (a, b) => a === pages && b === dma);
    const result = selfCheck(make, FAR);
    // The other frames come up later, after a free: no state is lost, some take longer.
    expect(result.differences).toContainEqual(expect.stringMatching(/^partial order: depth: \d+, not \d+$/));
    expect(result.pairs.wrong.map((pair) => wrongPairText(workload, pair))).toEqual(["page_alloc and dma_alloc:buf=1 are declared independent and are not at the start: state"]);
  });

  it("shows in the states where the order of two steps can be seen for ever", () => {
    const once = (i: number) => ({ name: `${i} is next`, enabled: (v: readonly number[]) => !v.includes(i), run: (v: number[]) => void (v[v[0] === 0 ? 0 : 1] = i) });
    const model: Model = { start: [0, 0], actions: [once(1), once(2)], judge: (v) => (v[0] === 2 && v[1] === 1 ? [5] : []), independence: independenceFrom(2, () => true) };
    const { differences, pairs } = selfCheck(() => new ModelSpace(model), { ...FAR, keyText: (key) => `rule ${key}` });
    const told = ["states: 4, not 5", "the traces are others", "rule 5 is missed"];
    expect(differences).toEqual(["partial order", "symmetry, partial order"].flatMap((way) => told.map((text) => `${way}: ${text}`)));
    expect(pairs).toEqual({ tried: 1, states: 5, wrong: [{ a: 0, b: 1, path: [], what: "state" }] });
  });

  it("shows in the pairs where the searches happen to agree", () => {
    const ops = workloadNamed("ttm-buffer").actions.map((a) => a.operation.op);
    const [vmap, read] = [ops.indexOf("bo_vunmap"), ops.indexOf("cpu_read")];
    const { make } = forgedCase(workloadNamed("ttm-buffer"), (a, b) => a === Math.min(vmap, read + 1) && b === Math.max(vmap, read + 1));
    const result = selfCheck(make, FAR);
    expect(result.pairs.wrong).toHaveLength(1);
    expect(result.pairs.wrong[0]!.what).toBe("one disables the other");
  });

  it("shows where a group maps states to others that behave differently", () => {
    const model: Model = {
      start: [0, 0],
      actions: [0, 1].map((i) => ({ name: `step ${i}`, enabled: (v: readonly number[]) => v[i]! < 2 + i, run: (v: number[]) => void v[i]!++ })),
      judge: (v) => (v[0] === 0 && v[1] === 3 ? [5] : []),
      symmetry: { actions: [[0, 1], [1, 0]], permute: (v, p) => (p === 0 ? [...v] : v.toReversed()) },
    };
    const { differences } = selfCheck(() => new ModelSpace(model), FAR);
    expect(differences).toContainEqual(expect.stringMatching(/^symmetry: states that its states stand for: \d+, not 12$/));
  });
});
