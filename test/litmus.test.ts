// SPDX-License-Identifier: MIT
/** Runs every litmus file, and holds the list of stories that must be there. */

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RULES } from "../src/check/index.ts";
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

/** Ids of the stories that are kept: a file's title begins with them, or litmus/README.md says why there is none. */
const STORIES = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 27, 28, 29, 30, 31, 33, 34, 35, 37, 38, 39, 40].map((n) => `B${String(n).padStart(2, "0")}`),
  ...[2, 3, 4, 5].map((n) => `S${n}`),
  ...[1, 3, 4, 6, 8, 11, 12, 15, 16, 17, 18, 20, 21, 22, 23].map((n) => `O${n}`),
];

describe("docs/reference/litmus.md", () => {
  const page = readFileSync("docs/reference/litmus.md", "utf8");
  it.each([...page.matchAll(/^```litmus\n(.*?)^```$/gms)].map((m) => m[1]!))("shows what is so: %#", async (text) => {
    const { cases } = await prepareLitmus(parseLitmus("litmus.md", text), catalogue);
    expect(cases.map((run) => run()).filter((r) => !r.ok)).toEqual([]);
  });
});

describe("the collection", () => {
  const titles = FILES.map((f) => ({ file: f, title: parseLitmus(f, readFileSync(`litmus/${f}`, "utf8")).title }));
  const ids = new Set(titles.flatMap(({ title }) => /^(?:[BSO]\d+,? )+/.exec(title)?.[0].trim().split(/,? /) ?? []));
  const readme = readFileSync("litmus/README.md", "utf8");

  it.each(STORIES)("has %s, or says why not", (id) => {
    expect(ids.has(id) || readme.includes(`| ${id} |`)).toBe(true);
  });

  it("has no story twice over: what a file tells is not among those that are not here", () => {
    expect([...ids].filter((id) => /^[BS]/.test(id) && readme.includes(`| ${id} |`))).toEqual([]);
  });

  it.each(RULES.map((r) => r.id))("breaks the rule %s in one file and comes close in another", (id) => {
    const mine = FILES.filter((f) => f.startsWith(`rules/${id}-`)).map((f) => parseLitmus(f, readFileSync(`litmus/${f}`, "utf8")));
    const breaks = mine.filter((l) => l.runs.some((r) => r.expect.kind === "rules" && r.expect.rules.includes(id)));
    const close = mine.filter((l) => l.runs.every((r) => r.expect.kind !== "rules" || r.expect.rules.length === 0));
    expect([breaks.length >= 1, close.length >= 1]).toEqual([true, true]);
  });
});
