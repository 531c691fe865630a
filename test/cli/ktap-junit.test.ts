// SPDX-License-Identifier: MIT
/** `--format ktap` and `--format junit`: a test for each case, with the counts that the JSON has. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cbit, parsed } from "../support/cbit.ts";
import { type Element, readJunit } from "../support/junit.ts";

interface Check {
  readonly cases: readonly { readonly machine: string; readonly device: string; readonly verdict: string; readonly findings: readonly { readonly id: string }[] }[];
}

const MATRIX = "check --machine sme-zen2 --machine sev --device amdgpu-gfx9 --device amdgpu-raven --device qxl --device xe";
const STATUS: Readonly<Record<string, string>> = { holds: "ok", broken: "not ok", refused: "skip", bounded: "skip", unsupported: "skip" };

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cbit-junit-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** "machine/device: status" for each test. */
function ktapCases(out: string): string[] {
  let suite = "";
  return out.split("\n").flatMap((line) => {
    suite = /^ {4}# Subtest: (.*)$/.exec(line)?.[1] ?? suite;
    const [, status, name, skip] = /^ {4}(ok|not ok) \d+ ([^#]*?)( # SKIP.*)?$/.exec(line) ?? [];
    return status === undefined ? [] : [`${suite}/${name!}: ${skip === undefined ? status : "skip"}`];
  });
}

function junitCases(root: Element): string[] {
  return root.children.flatMap((s) =>
    s.children.flatMap((c) => (c.tag === "testcase" ? [`${s.attributes["name"]!}/${c.attributes["name"]!}: ${c.children.some((o) => o.tag === "failure") ? "not ok" : c.children.some((o) => o.tag === "skipped") ? "skip" : "ok"}`] : [])),
  );
}

describe("check", () => {
  it("has the same verdicts in JSON, KTAP and JUnit, and the same exit code", () => {
    const json = cbit(`${MATRIX} --json`);
    const [ktap, junit] = [cbit(`${MATRIX} --format ktap`), cbit(`${MATRIX} --format junit`)];
    expect([ktap.exit, junit.exit, ktap.err, junit.err]).toEqual([json.exit, json.exit, "", ""]);
    const verdicts = parsed<Check>(json.out).cases.map((c) => `${c.machine}/${c.device}: ${STATUS[c.verdict]!}`);
    expect(ktapCases(ktap.out)).toEqual(verdicts);
    expect(junitCases(readJunit(junit.out))).toEqual(verdicts);
    expect(new Set(verdicts.map((v) => v.split(": ")[1]))).toEqual(new Set(["ok", "not ok", "skip"]));
  });

  it("names each finding, with the command that explains it, and says why cases are skipped", () => {
    const { cases } = parsed<Check>(cbit(`${MATRIX} --json`).out);
    const ids = cases.flatMap((c) => c.findings.map((f) => f.id));
    const ktap = cbit(`${MATRIX} --format ktap`).out;
    const root = readJunit(cbit(`${MATRIX} --format junit`).out);
    const stories = root.children.flatMap((s) => s.children.flatMap((c) => c.children)).map((f) => f.text).join("\n");
    for (const id of ids) for (const text of [ktap, stories]) expect(text).toContain(`cbit explain ${id}`);
    expect(ktap).toMatch(/^ {4}ok \d+ amdgpu-raven # SKIP refused: amdgpu_pci_probe\(\) returns -ENOTSUPP/m);
    const failure = root.children[0]!.children.find((c) => c.attributes["name"] === "amdgpu-gfx9")!.children[0]!;
    expect(failure.attributes).toEqual({ type: "ciphertext-read", message: "the device gets ciphertext instead of what the CPU wrote through its vmap" });
    const skipped = root.children[0]!.children.find((c) => c.attributes["name"] === "amdgpu-raven")!.children[0]!;
    expect(skipped.attributes["message"]).toContain("SME is not compatible with Raven");
  });

  it("has kernel, policy and workload as properties", () => {
    const root = readJunit(cbit(`${MATRIX} --format junit --policy encrypted`).out);
    for (const suite of root.children) {
      const properties = Object.fromEntries(suite.children[0]!.children.map((p) => [p.attributes["name"]!, p.attributes["value"]!]));
      expect(properties).toEqual({ cbit: expect.stringMatching(/^\d/), kernel: "model:6.12", policy: "encrypted", workload: "ttm-buffer" });
    }
  });

  it("skips what was not searched to the end", () => {
    expect(ktapCases(cbit("check --machine sev --device vmwgfx --states 5 --format ktap").out)).toEqual(["sev/vmwgfx: skip"]);
  });

  it("is one document whatever a device is called", () => {
    const device = join(folder, "a#b<c>&\"d'\u0001.json");
    writeFileSync(device, '{"schema": "cbit.device/1", "name": "mine", "like": "amdgpu-gfx9"}');
    const args = (format: string): string[] => ["check", "--device", device, "--machine", "sme-zen2,iommu=off", "--format", format];
    expect(junitCases(readJunit(cbit(args("junit")).out))).toEqual([expect.stringMatching(/: not ok$/)]);
    expect(ktapCases(cbit(args("ktap")).out)).toEqual([expect.stringMatching(/: not ok$/)]);
  });
});

describe("compare", () => {
  const KERNELS = "compare model:6.12 model:6.12 --policy decrypt-dma-alloc-guest --policy decrypt-dma-alloc --machine sme-zen2 --device amdgpu-gfx9 --device amdgpu-gfx9.4.3 --device qxl";

  it("is not ok where something that held is broken, and there alone", () => {
    const { cases } = parsed<{ readonly cases: readonly { readonly machine: string; readonly device: string; readonly change: string }[] }>(cbit(`${KERNELS} --json`).out);
    const changes = cases.map((c) => `${c.machine}/${c.device}: ${c.change === "broken" ? "not ok" : "ok"}`);
    expect(ktapCases(cbit(`${KERNELS} --format ktap`).out)).toEqual(changes);
    expect(junitCases(readJunit(cbit(`${KERNELS} --format junit`).out))).toEqual(changes);
    expect(new Set(cases.map((c) => c.change))).toEqual(new Set(["broken", "fixed", "same"]));
  });

  it("skips what one of both kernels cannot be asked", () => {
    expect(ktapCases(cbit("compare model:6.1 model:6.12 --machine none --device loongson --device qxl --format ktap").out)).toEqual(["none/loongson: skip", "none/qxl: ok"]);
  });

  it("has no such formats for policies, which neither pass nor fail", () => {
    expect(cbit("compare --policies --format ktap")).toMatchObject({ exit: 2, err: expect.stringMatching(/cbit compare --policies has no format ktap \[CBIT-100\]\n {2}hint: cbit compare --policies has text, json, html\. check, compare, run, kunit have ktap\./) });
  });
});

describe("run", () => {
  it("is ok for each run that came to what its file says", () => {
    const file = join(folder, "wrong.litmus");
    writeFileSync(file, readFileSync("litmus/b01-ttm-decrypted.litmus", "utf8").replace("expect holds", "expect stale-view"));
    const args = (format: string): string[] => ["run", "litmus/b01-ttm-decrypted.litmus", file, "--format", format];
    const statuses = (list: readonly string[]): string[] => list.map((c) => c.slice(c.lastIndexOf(": ") + 2));
    const expected = ["ok", "ok", "ok", "ok", "not ok", "not ok", "not ok", "ok"];
    const ktap = cbit(args("ktap"));
    expect([ktap.exit, statuses(ktapCases(ktap.out))]).toEqual([1, expected]);
    const root = readJunit(cbit(args("junit")).out);
    expect(statuses(junitCases(root))).toEqual(expected);
    expect(root.children[1]!.children[1]!.children[0]!.attributes).toEqual({ type: "litmus-outcome", message: "expected stale-view, got holds" });
  });
});
