// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { cbit, parsed } from "../support/cbit.ts";

interface Side {
  readonly verdict: string;
  readonly findings: readonly { readonly id: string; readonly replay: string }[];
}
interface Kernels {
  readonly mode: "kernels";
  readonly before: { readonly kernel: string; readonly policy: string };
  readonly summary: Readonly<Record<string, number>>;
  readonly cases: readonly { readonly machine: string; readonly device: string; readonly change: string; readonly before: Side; readonly after: Side }[];
}
interface Policies {
  readonly mode: "policies";
  readonly policies: readonly { readonly policy: string; readonly holds: number; readonly broken: number; readonly lost: number; readonly none: number }[];
  readonly cells: number;
  readonly differences: readonly { readonly outcomes: Readonly<Record<string, string>>; readonly cells: readonly { readonly device: string; readonly machine: string; readonly class: string }[] }[];
  readonly costs: { readonly cases: readonly { readonly machine: string; readonly device: string; readonly policies: readonly { readonly policy: string; readonly costs: { readonly conversions: number } }[] }[] };
}

const wide = (out: string): string[] => out.split("\n").filter((l) => l.length > 80);
const PAIR = "compare model:6.12 model:6.12 --machine sev --machine sme-zen2,iommu=translated --device vmwgfx --device amdgpu-gfx9";

describe("cbit compare KERNEL KERNEL", () => {
  it("tells what is fixed, with the finding behind it, and exits 0 where nothing that held is broken", () => {
    const { exit, out, err } = cbit(`${PAIR} --policy encrypted --policy decrypt-dma-alloc-guest`);
    expect(exit).toBe(0);
    expect(err).toBe("");
    expect(out).toContain("before  model:6.12, policy encrypted\nafter   model:6.12, policy decrypt-dma-alloc-guest\n");
    expect(out.replaceAll("\n", " ")).toContain("4 cases of ttm-buffer: 2 fixed, 2 same (2 hold). Nothing that held is broken.");
    expect(out).toMatch(/^fixed: vmwgfx amdgpu-gfx9 on sev$/m);
    expect(out).toMatch(/^ {3}before {2}ciphertext-read: the device gets ciphertext/m);
    expect(out).toContain("cbit explain vmwgfx@sev/ciphertext-read --policy encrypted");
    expect(out).toMatch(/^ {3}after {3}holds$/m);
    expect(wide(out)).toEqual([]);
  });

  it("exits 1 for a regression, and its commands show it", () => {
    const { exit, out } = cbit(`${PAIR} --policy decrypt-dma-alloc-guest --policy encrypted`);
    expect(exit).toBe(1);
    expect(out.replaceAll("\n", " ")).toContain("Something that held is broken.");
    expect(out).toMatch(/^broken: vmwgfx amdgpu-gfx9 on sev$/m);
    const command = /cbit (explain vmwgfx@sev\/ciphertext-read --policy encrypted)/.exec(out)![1]!;
    expect(cbit(command).exit).toBe(1);
  });

  it("finds nothing between a kernel and itself", () => {
    const { exit, out } = cbit(`${PAIR} --policy encrypted`);
    expect(exit).toBe(0);
    expect(out.replaceAll("\n", " ")).toContain("4 cases of ttm-buffer: 4 same (2 hold, 2 broken).");
    expect(out).not.toMatch(/^(fixed|broken|changed cause):/m);
  });

  it("sees a single change of the kernel", () => {
    // Without realm support nothing on arm64 asks for shared pages (arch/arm64/include/asm has no force_dma_unencrypted() in 6.12).
    const { exit, out } = cbit("compare model:6.12 model:6.12+42be24a4178f --machine cca --device vmwgfx");
    expect(exit).toBe(0);
    expect(out).toContain("after   model:6.12+42be24a4178f, policy");
    expect(out).toMatch(/^(changed cause|fixed): vmwgfx on cca$/m);
    expect(out).toContain("cbit explain vmwgfx@cca/alias-attribute\n");
  });

  it("sees what the commit of the thread repaired, and what taking it out breaks", () => {
    const forward = cbit("compare model:6.12-71ce046327cf model:6.12 --machine sev --device vmwgfx");
    expect(forward).toMatchObject({ exit: 0, out: expect.stringMatching(/^fixed: vmwgfx on sev$/m) });
    expect(forward.out.replaceAll(/ \\\n +/g, " ")).toContain("cbit explain vmwgfx@sev/ciphertext-read --kernel model:6.12-71ce046327cf\n");
    const back = cbit("compare model:6.12 model:6.12-71ce046327cf --machine sev --device vmwgfx");
    expect(back).toMatchObject({ exit: 1, out: expect.stringMatching(/^broken: vmwgfx on sev$/m) });
  });

  it("prints cbit.compare/2 as published", () => {
    const { exit, out } = cbit(`${PAIR} --policy encrypted --policy decrypt-all --json`);
    const report = parsed<Kernels>(out);
    expect(exit).toBe(1);
    expect(report).toMatchObject({ schema: "cbit.compare/2", mode: "kernels", before: { kernel: "model:6.12", policy: "encrypted" } });
    expect(report.cases.map((c) => [c.device, c.machine, c.change])).toEqual([
      ["vmwgfx", "sev", "fixed"],
      ["amdgpu-gfx9", "sev", "fixed"],
      // AMD-Vi puts the C-bit into its entries (drivers/iommu/amd/io_pgtable.c:386): who decrypts reads ciphertext.
      ["vmwgfx", "sme-zen2,iommu=translated", "broken"],
      ["amdgpu-gfx9", "sme-zen2,iommu=translated", "broken"],
    ]);
    expect(report.summary).toEqual({ broken: 2, changed: 0, fixed: 2, unsupported: 0, unknown: 0, same: 0 });
    expect(cbit(["explain", report.cases[0]!.before.findings[0]!.replay]).exit).toBe(1);
  });

  it.each([
    ["has no verdict within the bounds: 4", "compare model:6.12 model:6.12 --machine sev --device vmwgfx --depth 3", 4],
    ["has nothing to compare: 5", "compare model:6.12 model:6.12 --machine cca,iommu=translated --device vmwgfx", 5],
  ])("exits with the code of a comparison that %s", (_name, args, exit) => {
    expect(cbit(args).exit).toBe(exit);
  });

  it.each([
    ["compare", "needs two kernels", "cbit compare --policies"],
    ["compare model:6.12", "needs two kernels, and got 1", "model:6.1 model:6.12"],
    ["compare a b c", "needs two kernels, and got 3", "model:6.1"],
    ["compare model:6.12 model:6.99", "6.99", "6.12"],
    ["compare model:6.12 model:6.12 --kernel model:6.12", "--kernel goes with --policies only", "two kernels"],
    ["compare model:6.12 model:6.12 --workload ttm", "unknown workload", "cbit list workloads"],
    ["compare --patch x.patch", "--patch needs one kernel source, and got none", "tree:PATH --patch FILE"],
    ["compare tree:/a tree:/b --patch x.patch", "--patch needs one kernel source, and got 2", "tree:PATH --patch FILE"],
    ["compare model:6.12 --patch x.patch", "--patch does not go with model:6.12", "model:6.12-71ce046327cf"],
    ["compare tree:/a+/b.patch --patch README.md", "needs a kernel source without patches", "Name all patches with --patch"],
    ["compare tree:/a --patch no-such.patch", "patch no-such.patch: there is no such file [CBIT-111]", "a mail or mbox"],
    ["compare tree:/a --patch docs", "patch docs: it is a folder", "a diff"],
    ["compare tree:/a --patch README.md/x", "a part of the path is not a folder", "a diff"],
    ["check --patch x.patch", "--patch does not go with model:6.12: patches change the code of a kernel source [CBIT-112]", "tree:PATH"],
    ["explain vmwgfx@sev/ciphertext-read --patch x.patch", "--patch does not go with model:6.12", "tree:PATH"],
    ["explore --machine sev --device vmwgfx --patch x.patch", "--patch does not go with model:6.12", "tree:PATH"],
    ["compare --policies model:6.12", "takes no kernels as arguments", "--kernel"],
    ["compare --policies --kernel tree:/x", "does not go with --kernel tree:/x", "compare two trees"],
    ["compare --policies --patch x.patch", "--patch does not go with --policies", "tree:PATH --patch FILE"],
    ["compare --policies --policy encrypted", "--policy encrypted does not go with --policies", "Leave it out"],
    ["compare model:6.12 model:6.12 --policy a --policy b --policy c", "given 3 times", "twice"],
  ])("refuses `cbit %s` with exit 2", (args, reason, hint) => {
    const { exit, out, err } = cbit(args);
    expect(exit).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(reason);
    expect(err).toContain(hint);
  });
});

describe("cbit compare --policies", () => {
  const SELECTION = "compare --policies --machine sme-zen2 --machine sev --device amdgpu-gfx9 --device vmwgfx";

  it("has a line for each policy, says what it comes to, where they differ and what they cost, within 80 columns", () => {
    const { exit, out, err } = cbit(SELECTION);
    expect(exit).toBe(0);
    expect(err).toBe("");
    expect(out).toMatch(/^policy +holds +broken +lost +no verdict +needless$/m);
    expect(out).toMatch(/^ {3}SME, dma-direct, mask <= C-bit: amdgpu-gfx9 on sme-zen2,iommu=off\|identity$/m);
    expect(out).toMatch(/^- force-dma-unencrypted fixes 2 cells and breaks 1 cell against$/m);
    // The DMA layer itself gives the protection: what the thread calls the proper fix.
    expect(out).toMatch(/^- dma-insert-pfn: holds in every cell that has a verdict\.$/m);
    expect(cbit("compare --policies --machine cca --machine sme-zen3 --device amdgpu-gfx9 --device vmwgfx").out).toMatch(/^- dma-insert-pfn holds wherever any policy does\.$/m);
    expect(out).toContain("What it costs");
    expect(out).toMatch(/^vmwgfx@sev$/m);
    expect(wide(out)).toEqual([]);
    expect(wide(cbit("compare --policies --machine sev --machine sme-zen3", { COLUMNS: "72" }).out.split("\n").filter((l) => l.length > 72).join("\n"))).toEqual([]);
  });

  it("gives commands that show what it says", () => {
    const { out } = cbit(SELECTION);
    const commands = out.replaceAll(/ \\\n +/g, " ").split("\n").filter((l) => l.includes("cbit explain"));
    expect(commands.length).toBeGreaterThan(2);
    for (const command of commands) expect(cbit(command.trim().replace(/^cbit /, "")).exit).toBe(1);
  });

  it("prints cbit.compare/2 as published: the same verdicts as check's, and the thread's answer", () => {
    const report = parsed<Policies>(cbit(`${SELECTION} --json`).out);
    expect(report.cells).toBe(8);
    for (const p of report.policies) expect(p.holds + p.broken + p.lost + p.none).toBe(8);
    const checked = parsed<{ cases: { verdict: string }[] }>(cbit("check --json --policy encrypted --machine sme-zen2 --machine sev --device amdgpu-gfx9 --device vmwgfx").out);
    expect(report.policies.find((p) => p.policy === "encrypted")!.holds).toBe(checked.cases.filter((c) => c.verdict === "holds").length);
    // The thread: a guest's pages must be decrypted, and on SME the device's mask decides.
    const outcomes = (device: string, machine: string): Readonly<Record<string, string>> =>
      report.differences.find((d) => d.cells.some((c) => c.device === device && c.machine === machine))!.outcomes;
    expect(outcomes("vmwgfx", "sev")).toMatchObject({ encrypted: "broken", "decrypt-all": "holds", "decrypt-dma-alloc-guest": "holds", "force-dma-unencrypted": "holds" });
    expect(outcomes("amdgpu-gfx9", "sme-zen2,iommu=off")).toMatchObject({ encrypted: "broken", "decrypt-dma-alloc": "holds", "decrypt-dma-alloc-guest": "broken", "force-dma-unencrypted": "holds" });
    expect(outcomes("vmwgfx", "sme-zen2,iommu=off")).toMatchObject({ encrypted: "holds", "decrypt-all": "broken", "decrypt-dma-alloc": "broken", "force-dma-unencrypted": "holds" });
  });

  it("counts conversions where the DMA layer converts", () => {
    const { costs } = parsed<Policies>(cbit(`${SELECTION} --json`).out);
    const { policies } = costs.cases.find((c) => c.device === "vmwgfx" && c.machine === "sev")!;
    // vm-local takes ordinary private pages in a guest.
    for (const p of policies) expect([p.policy, p.costs.conversions > 0]).toEqual([p.policy, p.policy !== "vm-local"]);
  });
});
