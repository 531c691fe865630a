// SPDX-License-Identifier: MIT
/** Long orders on the model, brought to what the search finds by itself. */

import { describe, expect, it } from "vitest";
import { boot, checkCase, formatStep, reduceTrace, type RuleId, suited } from "../src/check/index.ts";
import { createModelFactory, DRIVERS } from "../src/linux/index.ts";
import { parseOneMachine, workloadNamed } from "../src/scenarios/index.ts";
import { randomWalk } from "./support/random-walk.ts";

const factory = createModelFactory({ release: "6.12", policy: "decrypt-dma-alloc-guest" });
const driverNamed = (name: string) => DRIVERS.find((d) => d.name === name)!;

describe("reducing orders of the model", () => {
  it.each<[string, string, string, RuleId, number]>([
    ["sme-zen2,iommu=off", "amdgpu-gfx9", "ttm-buffer", "ciphertext-read", 1],
    ["sme-zen2,iommu=off", "amdgpu-gfx9", "ttm-buffer", "ciphertext-read", 2],
    ["sme-zen2,iommu=off", "amdgpu-gfx9", "ttm-buffer", "alias-attribute", 3],
    ["sev", "xe", "ttm-buffer", "stale-view", 4],
    ["sev", "xe", "ttm-buffer", "stale-view", 5],
    ["sme-zen2,iommu=off", "amdgpu-gfx9", "ttm-move", "ciphertext-read", 6],
    ["sme-zen2,iommu=off", "amdgpu-gfx9", "ttm-chunks", "ciphertext-read", 7],
  ])("brings a walk on %s with %s and %s to the search's %s (seed %i)", (machine, device, workload, rule, seed) => {
    const configuration = parseOneMachine(machine);
    const driver = driverNamed(device);
    const booted = boot(factory, configuration, driver, suited(workloadNamed(workload), driver, configuration));
    const walk = randomWalk(booted, rule, seed);
    const found = checkCase(factory, configuration, driver, workloadNamed(workload)).findings.find((f) => f.rule === rule)!;
    expect(walk.length).toBeGreaterThan(30);
    expect(reduceTrace(booted, rule, walk).map(formatStep)).toEqual(found.trace.operations.map(formatStep));
  });
});
