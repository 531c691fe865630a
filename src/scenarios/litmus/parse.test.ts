// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fuzzCount, mutate, Random } from "../../../test/support/mutate.ts";
import { CbitError } from "../../base/index.ts";
import { parseLitmus } from "./parse.ts";

const HEAD = 'litmus "t"\nmachine sev\ndevice xe\n';
const RUN = "\nrun model:6.12 expect holds\n";
const parse = (body: string) => parseLitmus("f.litmus", `${HEAD}${body}${RUN}`);
const operations = (body: string) => parse(body).steps.map((s) => (s.kind === "operation" ? s.operation : s.kind));

/** The error of a text: "CBIT-140 4:1". */
function mistakeIn(text: string): { readonly code: string; readonly message: string; readonly hint: string | undefined } {
  try {
    parseLitmus("f.litmus", text);
  } catch (error) {
    if (error instanceof CbitError) return { code: error.code, message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error("it was read without a complaint");
}

describe("litmus files", () => {
  it("have operations with the contract's arguments", () => {
    expect(operations('page_alloc A pages=2\ncpu_write A[1] vmap "x" bytes=8 at=0x20\ndma_map A offset=2K direction=from_device\nfail vmap nth=2')).toEqual([
      { op: "page_alloc", buf: 0, pages: 2 },
      { op: "cpu_write", buf: 0, page: 1, alias: "vmap", value: 9, bytes: 8, at: 32 },
      { op: "dma_map", buf: 0, offset: 2048, direction: "from_device" },
      { op: "fail", function: "vmap", nth: 2 },
    ]);
  });

  it("number buffers as they come, and values by the buffer that they are first written to: 16 for each, from 9 up", () => {
    expect(operations('page_alloc A\npage_alloc B\ndev_write B "b"\ndev_write A "b"\ndev_write A "a"\nhost_write B')).toEqual([
      { op: "page_alloc", buf: 0, pages: 1 },
      { op: "page_alloc", buf: 1, pages: 1 },
      { op: "dev_write", buf: 1, page: 0, value: 25 },
      { op: "dev_write", buf: 0, page: 0, value: 25 },
      { op: "dev_write", buf: 0, page: 0, value: 9 },
      { op: "host_write", buf: 1, page: 0, value: 24 },
    ]);
  });

  it("take a source's line as it is, and comments nowhere else", () => {
    const litmus = parseLitmus("f", `litmus "a # b"\nsource https://x/#y "z\n${HEAD.split("\n").slice(1).join("\n")}page_alloc A # "\n${RUN}`);
    expect([litmus.title, litmus.sources, litmus.steps.length]).toEqual(["a # b", ['https://x/#y "z'], 1]);
  });

  it("have runs on all machines of a name, with overrides by label", () => {
    const litmus = parseLitmus("f", 'litmus "t"\npage_alloc A\nx: cpu_read A linear\nv: check view A linear C=0\nrun model:6.12-abc+def policy encrypted on sme-zen2 with a b,mask=39 expect stale-view ciphertext-read not needless-share; x -> fault; v -> C=1 cache=WC\n');
    const [run] = litmus.runs;
    expect([run!.kernel, run!.policy, run!.machines.map((m) => m.iommu), run!.devices]).toEqual(["model:6.12-abc+def", "encrypted", ["off", "identity", "translated"], ["a", "b,mask=39"]]);
    expect(run!.expect).toEqual({ kind: "rules", rules: ["stale-view", "ciphertext-read"], not: ["needless-share"] });
    expect(run!.overrides.get("x")).toEqual({ kind: "outcome", outcome: { kind: "fault", fault: null } });
    expect(run!.overrides.get("v")).toMatchObject({ kind: "check", check: { what: "view", kind: "linear", is: { bit: true, cache: "WC" } } });
  });
});

describe("mistakes in litmus files", () => {
  it.each([
    ["", "CBIT-140", "f.litmus:1:1: the file is empty"],
    ["page_alloc A", "CBIT-140", "1:1: the file does not begin with its title"],
    ['litmus "t', "CBIT-140", '1:8: a string has no end'],
    ["litmus t", "CBIT-140", "1:8: the title is missing"],
    [`${HEAD}page_aloc A${RUN}`, "CBIT-140", '4:1: "page_aloc" is neither an operation nor a statement; nearest: page_alloc'],
    [`${HEAD}page_alloc${RUN}`, "CBIT-141", "4:11: page_alloc needs a buffer"],
    [`${HEAD}page_free A${RUN}`, "CBIT-141", '4:11: no step before makes a buffer "A"'],
    [`${HEAD}page_alloc A pages=5${RUN}`, "CBIT-141", "4:14: pages=5: a buffer has 1 to 4 pages"],
    [`${HEAD}page_alloc A pags=1${RUN}`, "CBIT-141", 'page_alloc has no "pags="; nearest: pages'],
    [`${HEAD}page_alloc A pages=1 pages=1${RUN}`, "CBIT-141", "4:22: pages is given twice"],
    [`${HEAD}page_alloc A\ndev_read A[1]${RUN}`, "CBIT-141", "5:10: A has no page 1; it has page 0 only"],
    [`${HEAD}page_alloc A\ndma_map A from_device${RUN}`, "CBIT-141", '5:11: dma_map does not take "from_device"; write direction=from_device'],
    [`${HEAD}page_alloc A\ncpu_read A${RUN}`, "CBIT-141", "5:11: cpu_read needs one of linear, kmap"],
    [`${HEAD}page_alloc A\ncpu_read A "x"${RUN}`, "CBIT-141", "cpu_read does not write a value"],
    [`${HEAD}page_alloc A\ncpu_write A linear at=8${RUN}`, "CBIT-141", "at=8 must be a multiple of 16"],
    [`${HEAD}page_alloc A\ncpu_write A linear page=x${RUN}`, "CBIT-141", "page must be a number such as 4096, 0x1000 or 4K"],
    [`${HEAD}page_alloc A\npage_alloc B\npage_alloc C\npage_alloc D\npage_alloc E${RUN}`, "CBIT-141", '8:12: "E" is one buffer too many'],
    [`${HEAD}page_alloc A ->${RUN}`, "CBIT-142", "4:16: nothing stands behind the arrow"],
    [`${HEAD}page_alloc A -> fine${RUN}`, "CBIT-142", '4:17: "fine" is no outcome'],
    [`${HEAD}page_alloc A\ndev_read A -> "x"${RUN}`, "CBIT-142", '5:15: no step before writes "x"'],
    [`${HEAD}page_alloc A -> fault npf${RUN}`, "CBIT-142", '"npf" is not a kind of fault; nearest: npf-rmp'],
    [`${HEAD}page_alloc A -> ok ok${RUN}`, "CBIT-140", '4:20: "ok" stands behind the end'],
    [`${HEAD}check viev A${RUN}`, "CBIT-143", 'nothing to check is called "viev"; nearest: view'],
    [`${HEAD}page_alloc A\ncheck view A linear C=2${RUN}`, "CBIT-143", '5:21: C must be 0 or 1, not "2"'],
    [`${HEAD}check cost conversion=1${RUN}`, "CBIT-143", '"conversion" is not a cost; nearest: conversions'],
    [`${HEAD}check freed some${RUN}`, "CBIT-143", "freed needs a number"],
    [`${HEAD}a: reset costs\na: reset costs${RUN}`, "CBIT-140", "5:1: the label a is given twice"],
    [`${HEAD}page_alloc A`, "CBIT-144", "the file has no run"],
    [`${HEAD}run expect holds`, "CBIT-144", "a kernel's name is missing"],
    [`${HEAD}run model:6.12`, "CBIT-144", "3:15: expect is missing".replace("3:", "4:")],
    [`${HEAD}run model:6.12 expect hold`, "CBIT-144", '4:23: "hold" is not a rule; nearest: holds'],
    [`${HEAD}run model:6.12 expect holds stale-view`, "CBIT-144", "holds, and stale-view too"],
    [`${HEAD}run model:6.12 expect refused stale-view`, "CBIT-144", "refused stands alone"],
    [`${HEAD}run model:6.12 expect holds; y -> ok`, "CBIT-144", 'no step has the label "y"'],
    [`${HEAD}run model:6.12 on sevv expect holds`, "CBIT-101", '4:19: unknown machine "sevv"'],
    ['litmus "t"\nrun model:6.12 expect holds', "CBIT-144", "no machine is named"],
    [`${HEAD}run model:6.12 expect holds\npage_alloc A`, "CBIT-140", "5:1: a step stands behind a run"],
    [`${HEAD}page_alloc A\nmachine sev${RUN}`, "CBIT-140", "5:1: machine stands behind the first step"],
  ])("%j", (text, code, message) => {
    const mistake = mistakeIn(text);
    expect(mistake.code).toBe(code);
    expect(mistake.message).toContain(message);
    expect(mistake.message).toMatch(/^f\.litmus:\d+:\d+: /);
    expect(mistake.hint).toBeTruthy();
  });

  it("never end in anything but CbitError, however the file is damaged", () => {
    const files = readdirSync("litmus", { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".litmus")).sort().map((f) => readFileSync(`litmus/${f}`, "utf8"));
    const random = new Random(0x11735);
    let read = 0;
    const count = fuzzCount(0.5);
    for (let i = 0; i < count; i++) {
      const text = mutate(random.pick(files), random);
      try {
        parseLitmus("f", text);
        read++;
      } catch (error) {
        if (!(error instanceof CbitError) || error.exit !== 2 || !/^f:\d+:\d+: /.test(error.message)) throw new Error(`${JSON.stringify(text)}: ${String(error)}`, { cause: error });
      }
    }
    // Some damage is none: comments, names, lines given twice.
    expect(read).toBeGreaterThan(count / 50);
    expect(read).toBeLessThan(count);
  }, 120_000);
});

describe("docs/reference/litmus.md", () => {
  const page = readFileSync("docs/reference/litmus.md", "utf8");
  const blocks = [...page.matchAll(/^```litmus\n(.*?)^```$/gms)].map((m) => m[1]!);

  it.each(blocks)("shows what can be read: %#", (text) => {
    expect(parseLitmus("litmus.md", text).runs.length).toBeGreaterThan(0);
  });

  it("has examples", () => expect(blocks.length).toBeGreaterThanOrEqual(3));
});
