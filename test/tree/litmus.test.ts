// SPDX-License-Identifier: MIT
/** Every litmus file that tells of Linux 6.12 as it is, on the model and on the tree, step by step. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { driverNamed } from "../../src/cli/named.ts";
import type { DriverProfile, KernelFactory } from "../../src/kernel/index.ts";
import { createModelFactory, DEFAULT_POLICY, DRIVERS } from "../../src/linux/index.ts";
import { deviceSpec, type Litmus, onOtherKernel, parseLitmus, prepareLitmus, type RunResult } from "../../src/scenarios/index.ts";
import { driverModuleOf, storyDevices } from "../../src/tree/index.ts";
import { treeFactoryFor } from "../support/tree-factory.ts";

const source = inject("linux612");
const RELEASE = "6.12";

const files = readdirSync("litmus", { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".litmus")).sort();
const told = files
  .map((f) => onOtherKernel(parseLitmus(f, readFileSync(join("litmus", f), "utf8")), { kernel: "tree", release: RELEASE, policy: DEFAULT_POLICY }))
  .filter((litmus) => litmus.runs.length > 0);

/** What happened in a run, without whose it was. */
const happened = ({ machine, device, ok, steps, broken, got, left }: RunResult): object => ({
  machine, device, ok, got, left, steps: steps.map((s) => `${s.line} ${s.result}`), broken: broken.map((b) => `${b.line} ${b.violation.rule}`),
});

async function runsOf(litmus: Litmus, factory: KernelFactory): Promise<RunResult[]> {
  const { cases } = await prepareLitmus(litmus, { kernel: () => Promise.resolve(factory), device });
  return cases.map((run) => run());
}

/** The device of a run line. */
const device = (spec: string): DriverProfile => deviceSpec(spec, (name) => driverNamed(name, DRIVERS));

/** Those of a file's devices that run with the tree's own drivers. */
const own = (litmus: Litmus): readonly DriverProfile[] =>
  storyDevices(
    litmus.runs.flatMap((r) => r.devices.map(device)),
    litmus.steps.flatMap((s) => (s.kind === "operation" ? [s.operation] : [])),
  ).filter((d) => driverModuleOf(d, "x86_64") !== undefined);

describe.skipIf(source === null)("litmus files on Linux 6.12", () => {
  const model = createModelFactory({ release: RELEASE, policy: DEFAULT_POLICY });
  const machines = told.flatMap((l) => l.runs.flatMap((r) => r.machines));
  let tree: KernelFactory;
  let driven: KernelFactory;

  beforeAll(async () => {
    tree = await treeFactoryFor(source!, inject("treeCache"), machines);
    driven = await treeFactoryFor(source!, inject("treeCache"), machines, told.flatMap(own));
  });

  it.each(told.map((litmus) => [litmus.file, litmus] as const))("%s", async (_file, litmus) => {
    const left = await runsOf(litmus, model);
    const right = await runsOf(litmus, tree);
    expect(right.map(happened)).toEqual(left.map(happened));
  });

  it.each(told.filter((litmus) => own(litmus).length > 0).map((litmus) => [litmus.file, litmus] as const))("%s, with the drivers' own code", async (_file, litmus) => {
    const left = await runsOf(litmus, model);
    const right = await runsOf(litmus, driven);
    expect(right.map(happened)).toEqual(left.map(happened));
  });
});
