// SPDX-License-Identifier: MIT
/** Runs every litmus file, and holds the list of stories that must be there. */

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createModelFactory, DEFAULT_POLICY, DRIVERS } from "../src/linux/index.ts";
import { type Catalogue, deviceSpec, parseLitmus, prepareLitmus } from "../src/scenarios/index.ts";

const catalogue: Catalogue = {
  kernel: async (name, policy) => createModelFactory({ release: name.replace(/^model:/, ""), policy: policy ?? DEFAULT_POLICY }),
  device: (spec) => deviceSpec(spec, (name) => DRIVERS.find((d) => d.name === name)!),
};

const FILES = readdirSync("litmus", { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".litmus")).sort();

describe("litmus", () => {
  it.each(FILES)("%s", async (name) => {
    const file = `litmus/${name}`;
    const { cases } = await prepareLitmus(parseLitmus(file, readFileSync(file, "utf8")), catalogue);
    const failed = cases.map((run) => run()).filter((r) => !r.ok);
    expect(failed.map(({ line, machine, device, expected, got, differences, broken, reason }) => ({ line, machine, device, expected, got, reason, differences, broken: broken.map((b) => `${b.line} ${b.violation.rule}: ${b.violation.title}`) }))).toEqual([]);
  });
});
