// SPDX-License-Identifier: MIT
/**
 * As a maintainer would: a copy of Linux 6.12 in a folder of their own, prepared and checked by the command line; then one file
 * is changed, and the matrix with it.
 */

import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { cbit, parsed, type Ran } from "../support/cbit.ts";
import { type ScratchTree, scratchTree } from "../support/scratch-tree.ts";
import { TREE_DRIVERS, treeMachines } from "../support/tree-cells.ts";

/** Every machine of x86-64, with each mode of its IOMMU. */
const MACHINES = treeMachines(["default"]).filter((m) => m.platform.encryption !== "cca");
/** Where policies differ: SME with each mode, and one machine of each other kind. */
const FEW = MACHINES.filter((m) => m.platform.encryption === "sme" || (m.iommu === "off" && ["none", "tsme", "sev"].includes(m.platform.name)));
const named = (machines: typeof MACHINES): string[] => machines.flatMap((m) => ["--machine", m.name]);
/** vmwgfx's own probe in guests that own their pages faults behind a translated domain (drivers.test.ts); the profile's does not. */
const faultsAtProbe = new Set(MACHINES.filter((m) => m.platform.ownership !== "none" && m.iommu === "translated").map((m) => `vmwgfx@${m.name.replace(",swiotlb=default", "")}`));

const source = inject("linux612");

interface Case {
  readonly machine: string;
  readonly device: string;
  readonly verdict: string;
  readonly complete: boolean;
  readonly states: number;
  /** The case that the model searched in place of this one. */
  readonly sameAs?: string | null;
  readonly findings: readonly { readonly rule: string; readonly steps: readonly unknown[] }[];
}

const TTM_TT = "drivers/gpu/drm/ttm/ttm_tt.c";
const BO_UTIL = "drivers/gpu/drm/ttm/ttm_bo_util.c";

const IN_GUESTS = "cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT)";

type Edit = readonly [file: string, from: string | RegExp, to: string];

/** The model's policies as patches of the real code: what ttm_tt_create() asks, and whether ttm_io_prot() asks at all. */
const AS_PATCHES: readonly { readonly policy: string; readonly edits: readonly Edit[] }[] = [
  { policy: "encrypted", edits: [[TTM_TT, IN_GUESTS, "false"]] },
  { policy: "decrypt-all", edits: [[TTM_TT, IN_GUESTS, "false"], [BO_UTIL, "if (bo->ttm->page_flags & TTM_TT_FLAG_DECRYPTED)", "if (true)"]] },
  { policy: "decrypt-dma-alloc", edits: [[TTM_TT, ` && ${IN_GUESTS}`, ""]] },
  { policy: "force-dma-unencrypted", edits: [[TTM_TT, IN_GUESTS, "force_dma_unencrypted(bdev->pool.dev)"], [TTM_TT, "\n#include", "\n#include <linux/dma-direct.h>\n#include"]] },
];

describe.skipIf(source === null)("a kernel tree of one's own", () => {
  let copy: ScratchTree;
  let tree: string;
  let env: Record<string, string>;

  beforeAll(() => {
    copy = scratchTree(source!);
    ({ tree, env } = copy);
  });

  afterAll(() => copy.remove());

  function cases(ran: Ran): readonly Case[] {
    expect(ran.err).toBe("");
    return parsed<{ cases: readonly Case[] }>(ran.out).cases;
  }

  const told = (c: Case): string => `${c.device}@${c.machine}: ${c.verdict} ${c.complete} ${c.findings.map((f) => `${f.rule}/${f.steps.length}`).join(" ")}`;

  /** Files and folders of the copy that changed after `marker` was made. */
  function changedSince(marker: string): string {
    return spawnSync("find", [tree, "-newer", marker], { encoding: "utf8" }).stdout;
  }

  /** Runs with text replaced in files of the copy, and puts the files back. */
  function withEdits<T>(edits: readonly Edit[], run: () => T): T {
    const originals = new Map(edits.map(([file]) => [file, readFileSync(join(tree, file), "utf8")]));
    try {
      for (const [file, from, to] of edits) {
        const text = readFileSync(join(tree, file), "utf8");
        expect(text).toMatch(from);
        copy.replace(file, text.replace(from, () => to));
      }
      return run();
    } finally {
      for (const [file, text] of originals) copy.replace(file, text);
    }
  }

  /** Checks tree and model alike, expects the same verdicts, findings and states, and gives the tree's cases. */
  function sameMatrix(options: readonly string[], modelOptions: readonly string[] = []): readonly Case[] {
    const check = ["check", "--json", "--report-only", ...options, ...TREE_DRIVERS.flatMap((d) => ["--device", d.name])];
    const compared = (c: Case): boolean => !faultsAtProbe.has(`${c.device}@${c.machine}`);
    const all = cases(cbit([...check, ...modelOptions]));
    const real = cases(cbit([...check, "--kernel", `tree:${tree}`], env)).filter(compared);
    const model = all.filter(compared);
    expect(real.map(told)).toEqual(model.map(told));
    const states = new Map(all.map((c) => [`${c.device}@${c.machine}`, c.states]));
    expect(real.map((c) => c.states)).toEqual(model.map((c) => (c.sameAs ? states.get(c.sameAs) : c.states)));
    return real;
  }

  it("is prepared without a trace in it", () => {
    const marker = join(copy.folder, "marker");
    writeFileSync(marker, "");
    expect(cbit(["tree", "prepare", tree], env)).toMatchObject({ exit: 0, out: expect.stringContaining("6.12") as unknown });
    expect(changedSince(marker)).toBe("");
  });

  it("has the model's matrix, cell by cell, with as many states and counterexamples as short", () => {
    expect(sameMatrix(named(MACHINES))).toHaveLength(161);
  });

  it("bounces where the model bounces: swiotlb=force without encryption, noforce with it", () => {
    const real = sameMatrix(["--machine", "none,swiotlb=force", "--machine", "sme-zen2,iommu=off,swiotlb=noforce"]);
    expect(real.filter((c) => c.verdict === "broken").flatMap((c) => c.findings.map((f) => f.rule))).toEqual(expect.arrayContaining(["stale-view", "mapping-failed"]));
  });

  it("explains a finding with the tree's own functions, files and lines", () => {
    const { exit, out } = cbit(["explain", "amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read", "--kernel", `tree:${tree}`], env);
    expect(exit).toBe(1);
    expect(out).toMatch(/set_memory_decrypted\s+\(arch\/x86\/mm\/pat\/set_memory\.c:\d+\)/);
    expect(out).toMatch(/ttm_io_prot\s+\(drivers\/gpu\/drm\/ttm\/ttm_bo_util\.c:\d+\)/);
  });

  it("breaks vmwgfx on sev once ttm_tt_create() no longer sets TTM_TT_FLAG_DECRYPTED", () => {
    const block = /^\tif \(bdev->pool\.use_dma_alloc && cc_platform_has\(CC_ATTR_GUEST_MEM_ENCRYPT\)\) \{\n(?:\t\t.*\n)+\t\}\n/m;
    const narrowed = ["check", "--kernel", `tree:${tree}`, "--machine", "sev", "--device", "vmwgfx", "--json"];
    const ran = withEdits([[TTM_TT, block, ""]], () => cbit(narrowed, env));
    expect(ran.exit).toBe(1);
    expect(cases(ran).map(told)).toEqual(["vmwgfx@sev: broken true ciphertext-read/5 alias-attribute/3"]);
    const again = cbit(narrowed, env);
    expect(again.exit).toBe(0);
    expect(cases(again).map(told)).toEqual(["vmwgfx@sev: holds true "]);
  });

  it.each(AS_PATCHES)("has the matrix of policy $policy where its code has that policy", ({ policy, edits }) => {
    expect(withEdits(edits, () => sameMatrix(named(FEW), ["--policy", policy]))).toHaveLength(60);
  });

  it("names the file and the first error where it does not compile", () => {
    const edit: Edit = [TTM_TT, /$/, "\nint broken(void) { return nothing_of_that_name; }\n"];
    const ran = withEdits([edit], () => cbit(["check", "--kernel", `tree:${tree}`], env));
    expect(ran.exit).toBe(3);
    expect(ran.err).toContain("ttm_tt.c");
    expect(ran.err).toContain("nothing_of_that_name");
  });

  it("names an inline assembly that cbit does not know, with its place", () => {
    const edit: Edit = [TTM_TT, /^int ttm_tt_create\(/m, 'void try_probe(void);\nvoid try_probe(void) { asm volatile("vmcall_of_the_future"); }\nint ttm_tt_create('];
    const ran = withEdits([edit], () => cbit(["check", "--kernel", `tree:${tree}`], env));
    expect(ran.exit).toBe(5);
    expect(ran.err).toContain("vmcall_of_the_future");
    expect(ran.err).toContain("ttm_tt.c");
  });

  it("is refused, with the way out, where it was built in place", () => {
    writeFileSync(join(tree, ".config"), "CONFIG_64BIT=y\n");
    const ran = cbit(["tree", "prepare", tree], env);
    rmSync(join(tree, ".config"));
    expect(ran.exit).toBe(3);
    expect(ran.err).toMatch(/mrproper|worktree/);
  });

  it("can be forgotten", () => {
    expect(cbit("tree list", env).out).toContain(tree);
    expect(cbit(["tree", "forget", tree], env).exit).toBe(0);
    expect(cbit("tree list", env).out).toContain("No tree is prepared");
  });
});
