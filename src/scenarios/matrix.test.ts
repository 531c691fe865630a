// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { TOY_DRIVER, TOY_MACHINE, toyFactory, type ToyOptions } from "../../test/support/toy-kernel.ts";
import { DEFAULT_BOUNDS } from "../check/index.ts";
import type { KernelFactory } from "../kernel/index.ts";
import { DOMAIN_HOST } from "../machine/index.ts";
import { checkMatrix, type Matrix } from "./matrix.ts";
import { ttmBuffer } from "./workloads/ttm-buffer.ts";

const MACHINES = ["one", "two", "three"].map((name) => ({ ...TOY_MACHINE, name }));
const DRIVERS = ["a", "b"].map((name) => ({ ...TOY_DRIVER, name }));

/** @param keys effective keys by machine */
function run(options: ToyOptions, keys: Readonly<Record<string, string | null>>): { matrix: Matrix; created: string[]; seen: string[] } {
  const created: string[] = [];
  const toy = toyFactory(options);
  const factory: KernelFactory = {
    ...toy,
    create: (configuration, driver) => {
      created.push(`${driver.name}@${configuration.name}`);
      return toy.create(configuration, driver);
    },
    effectiveKey: (configuration) => keys[configuration.name]!,
  };
  const seen: string[] = [];
  const matrix = checkMatrix(factory, MACHINES, DRIVERS, ttmBuffer, { bounds: DEFAULT_BOUNDS }, (index, total, name) => {
    seen.push(`${index + 1}/${total} ${name}`);
    return undefined;
  });
  return { matrix, created, seen };
}

const STATES = 2 + 4 * (4 + 5); // as counted in check/case.test.ts

describe("a matrix", () => {
  it("searches once what the kernel says is the same, and counts the states once", () => {
    const { matrix, seen } = run({}, { one: "x", two: "y", three: "x" });
    expect(matrix.cases.map((c) => [`${c.device}@${c.machine}`, c.sameAs, c.states, c.verdict, c.complete])).toEqual([
      ["a@one", null, STATES, "holds", true],
      ["b@one", "a@one", 0, "holds", true],
      ["a@two", null, STATES, "holds", true],
      ["b@two", "a@two", 0, "holds", true],
      ["a@three", "a@one", 0, "holds", true],
      ["b@three", "a@one", 0, "holds", true],
    ]);
    expect(seen).toEqual(["1/2 a@one", "2/2 a@two"]);
  });

  it("searches each case of which nothing is known", () => {
    const { matrix } = run({}, { one: null, two: null, three: null });
    expect(matrix.cases.map((c) => c.sameAs)).toEqual([null, null, null, null, null, null]);
    expect(matrix.cases.map((c) => c.states)).toEqual([STATES, STATES, STATES, STATES, STATES, STATES]);
  });

  it("runs the counterexamples again on the twin's own kernel, under the twin's names", () => {
    const { matrix, created } = run({ domains: { vmap: DOMAIN_HOST } }, { one: "x", two: "x", three: "x" });
    expect(created.toSorted()).toEqual(matrix.cases.map((c) => `${c.device}@${c.machine}`).toSorted());
    const [first, second] = matrix.cases;
    expect(second!.findings.map((f) => f.id)).toEqual(["b@one/ciphertext-read", "b@one/alias-attribute"]);
    expect(second!.findings.map((f) => f.trace.operations)).toEqual(first!.findings.map((f) => f.trace.operations));
    expect(second!.findings[0]).toMatchObject({ trace: { device: "b", machine: "one" }, causes: first!.findings[0]!.causes });
  });

  it("keeps each refusal with its own reason", () => {
    const { matrix } = run({ boot: { status: "refused", reason: "no" } }, { one: "x", two: "x", three: "x" });
    expect(matrix.cases.map((c) => [c.verdict, c.sameAs])).toEqual(matrix.cases.map(() => ["refused", null]));
  });

  it("calls it a bug of ours where a counterexample does not show on the twin", () => {
    const broken = toyFactory({ domains: { vmap: DOMAIN_HOST } });
    const fine = toyFactory();
    const factory: KernelFactory = { ...broken, create: (c, d) => (c.name === "one" ? broken : fine).create(c, d), effectiveKey: () => "x" };
    expect(() => checkMatrix(factory, MACHINES, [DRIVERS[0]!], ttmBuffer, { bounds: DEFAULT_BOUNDS })).toThrow(/a@two\/ciphertext-read/);
  });
});
