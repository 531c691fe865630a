// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { cbit, parsed } from "../support/cbit.ts";

interface Check {
  readonly kernel: string;
  readonly policy: string;
  readonly cases: readonly { readonly machine: string; readonly device: string; readonly verdict: string; readonly complete: boolean; readonly findings: readonly { readonly id: string; readonly replay: string }[] }[];
}

describe("cbit check", () => {
  it("prints the matrix within 80 columns and exits 1 for broken cases", () => {
    const { exit, out, err } = cbit("check");
    expect(exit).toBe(1);
    expect(err).toBe("");
    expect(out).toContain("model:6.12, policy decrypt-dma-alloc-guest");
    expect(out.replaceAll("\n", " ")).toMatch(/ \d+ cases(, \d+ different ones searched)?: \d+ hold, \d+ broken.*\. Every order/);
    expect(out).toMatch(/^ {3}cbit explain \S+@sme-zen2,iommu=off\/ciphertext-read$/m);
    // oxlint-disable-next-line no-control-regex
    expect(out).not.toMatch(/\x1b/);
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("has machines down and devices across where that fits", () => {
    const { out } = cbit("check --machine sme-zen2,iommu=off --machine none --device amdgpu-gfx9 --device vmwgfx --report-only");
    expect(out).toContain("\n\nmachine             amdgpu-   vmwgfx\n                    gfx9\nsme-zen2,iommu=off  broken a  holds\nnone                holds     holds\n\n4 cases");
  });

  it("tells every story, a letter for those of the same cells", () => {
    const { out } = cbit("check --report-only");
    const told = out.split("\n").filter((l) => /^(?:[a-z]\.|  ) (?!because:)[a-z]+(?:-[a-z]+)*: /.test(l)).length;
    expect(told).toBe(Number(/(\d+) stories, by the letters/.exec(out)![1]));
    const letters = (of: RegExp): string[] => [...new Set([...out.matchAll(of)].map((m) => m[1]!))].sort();
    expect(letters(/broken ([a-z])\b/g)).toEqual(["a", "b", "c", "d"]);
    expect(letters(/^([a-z])\. /gm)).toEqual(["a", "b", "c", "d"]);
  });

  it("tells each root cause of a rule, equal ones once", () => {
    const narrowed = "--workload ttm-move --machine sme-zen2,iommu=off --device amdgpu-gfx9 --device radeon";
    const { out } = cbit(`check ${narrowed} --all`);
    expect(out).toContain("6 findings, 3 stories");
    const ids = out.split("\n").flatMap((l) => /^ {3}cbit explain (\S+@\S+)/.exec(l)?.[1] ?? []);
    expect(ids).toEqual(["ciphertext-read", "ciphertext-read.2", "alias-attribute"].map((r) => `amdgpu-gfx9@sme-zen2,iommu=off/${r}`));
    const { cases } = parsed<{ cases: readonly { findings: readonly { id: string; cause: string; ways: number }[] }[] }>(cbit(`check ${narrowed} --json`).out);
    for (const { findings } of cases) expect(new Set(findings.slice(0, 2).map((f) => f.cause)).size).toBe(2);
    expect(cases[0]!.findings.map((f) => f.ways)).toEqual([4, 4, 2]);
  });

  it("exits 0 with --report-only once there are verdicts", () => {
    expect(cbit("check --report-only").exit).toBe(0);
  });

  it("prints cbit.check/1 as published", () => {
    const { exit, out } = cbit("check --json --machine sme-zen2,iommu=off --device amdgpu-gfx9 --device vmwgfx");
    const check = parsed<Check>(out);
    expect(exit).toBe(1);
    expect(check).toMatchObject({ schema: "cbit.check/1", kernel: "model:6.12", policy: "decrypt-dma-alloc-guest" });
    expect(check.cases.map((c) => [c.machine, c.device, c.verdict, c.complete])).toEqual([
      ["sme-zen2,iommu=off", "amdgpu-gfx9", "broken", true],
      ["sme-zen2,iommu=off", "vmwgfx", "holds", true],
    ]);
    expect(check.cases[0]!.findings.map((f) => f.id)).toEqual(["amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read", "amdgpu-gfx9@sme-zen2,iommu=off/alias-attribute"]);
  });

  it.each([
    ["holds: 0", "--machine sev --device vmwgfx", 0],
    ["broken: 1", "--machine sev --device vmwgfx --policy encrypted", 1],
    ["bounded: 4", "--machine sev --device vmwgfx --depth 3", 4],
    ["bounded by states: 4", "--machine sev --device vmwgfx --states 5", 4],
    ["bounded by time: 4", "--machine sev --device vmwgfx --buffers 2 --pages 2 --time 50ms", 4],
    ["bounded by memory: 4", "--machine sev --device vmwgfx --buffers 2 --memory 1K", 4],
    ["a larger world: 0", "--machine sev --device vmwgfx --buffers 2 --pages 1", 0],
    ["broken within the bound: 1", "--machine sme-zen2,iommu=off --device amdgpu-gfx9 --depth 3", 1],
    ["unsupported alone: 5", "--machine cca,iommu=translated", 5],
    ["unsupported beside holds: 0", "--machine cca,iommu=translated --machine sev --device vmwgfx", 0],
  ])("exits with the code of %s", (_name, args, exit) => {
    expect(cbit(`check ${args}`).exit).toBe(exit);
  });

  it("says what ended searches, and names a larger workload in what it says to run", () => {
    const flat = (args: string): string => cbit(args).out.replace(/\n */g, " ");
    expect(flat("check --machine sev --device vmwgfx --depth 3")).toMatch(/1 case not searched to the end \(ended by --depth 3\); \d+ states in all\./);
    expect(flat("check --machine sev --machine tdx --device vmwgfx --buffers 2 --pages 2 --time 100ms")).toMatch(/2 cases not searched to the end \(ended by --time\)/);
    const scaled = flat("check --machine sev --device vmwgfx --policy encrypted --buffers 2 --pages 1 --depth 6");
    const [, command] = /cbit (explain \S+ \\ --policy encrypted \\ --workload ttm-buffer,buffers=2,pages=1) /.exec(scaled)!;
    expect(cbit(`${command!.replaceAll(" \\", "")} --depth 6`).exit).toBe(1);
  });

  it.each([["--time 5", "--time must be a duration"], ["--memory x", "--memory must be a size"], ["--buffers 9", "there is room for 4 buffers"]])("refuses %s", (args, words) => {
    expect(cbit(`check ${args}`)).toMatchObject({ exit: 2, err: expect.stringContaining(words) });
  });

  it("explains what it prints: every command and every token gives the finding again", () => {
    const { out } = cbit("check --policy encrypted --machine sev --device vmwgfx");
    const commands = out.split("\n").filter((l) => l.includes("cbit explain"));
    expect(commands.length).toBe(2);
    for (const command of commands) expect(cbit(command.trim().replace(/^cbit /, "")).exit).toBe(1);
    const { cases } = parsed<Check>(cbit("check --json --policy encrypted --machine sev --device vmwgfx").out);
    for (const { id, replay } of cases[0]!.findings) {
      const { exit, out: text } = cbit(["explain", replay]);
      expect(exit).toBe(1);
      expect(text).toContain(id);
    }
  });

  it("uses colour only where asked or on a terminal", () => {
    expect(cbit("check --device vmwgfx", { FORCE_COLOR: "1" }).out).toContain("\u001b[32mholds");
    expect(cbit("check --device vmwgfx", { FORCE_COLOR: "1", NO_COLOR: "1" }).out).not.toContain("\u001b");
  });
});
