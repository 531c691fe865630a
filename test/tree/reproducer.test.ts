// SPDX-License-Identifier: MIT
/** Findings as KUnit tests: they fail where the finding is, pass where it is fixed and on sound machines, and never without having run. */

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, inject, it } from "vitest";
import { cbit, parsed } from "../support/cbit.ts";
import { KERNEL_EDITS, writePatch } from "../support/kernel-edits.ts";

interface Report {
  readonly machines: readonly { readonly machine: string; readonly unsupported?: string; readonly suites: readonly { readonly name: string; readonly tests: readonly { readonly status: string; readonly log?: readonly string[] }[] }[] }[];
}

const source = inject("linux612");
const env = { CBIT_CACHE: inject("treeCache") };

describe.skipIf(source === null)("a finding as a KUnit test", () => {
  const folder = mkdtempSync(join(tmpdir(), "cbit-reproducer-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  let files = 0;
  /** The patch of a finding's test, in a file. */
  const reproducer = (what: string, ...more: readonly string[]): string => {
    const path = join(folder, `${++files}.patch`);
    const { exit, err } = cbit(["explain", what, "--kunit", "-o", path, ...more], env);
    expect([exit, err]).toEqual([0, `cbit: patch written to ${path}\n`]);
    return path;
  };
  /** The status of the one test on each machine. */
  const run = (patches: readonly string[], machines: readonly string[]): { exit: number | null; results: string[]; log: string } => {
    const ran = cbit(["kunit", source!, "*_cbit_*", ...patches.flatMap((p) => ["--patch", p]), ...machines.flatMap((m) => ["--machine", m]), "--json"], env);
    expect(ran.err).toBe("");
    const report = parsed<Report>(ran.out);
    const tests = report.machines.map((m) => m.suites.flatMap((s) => s.tests));
    return { exit: ran.exit, results: tests.map((t) => t.map((x) => x.status).join(" ")), log: tests.flatMap((t) => t.flatMap((x) => x.log ?? [])).join("\n") };
  };
  const fix = (subject: string): string => writePatch(source!, KERNEL_EDITS.find((e) => e.subject === subject)!, "mbox", folder);

  it("fails where the finding is, passes with a fix and on sound machines, and says where it has nothing to show", () => {
    const test = reproducer("amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read");
    const broken = run([test], ["sme-zen2,iommu=off"]);
    expect(broken).toMatchObject({ exit: 1, results: ["not ok"] });
    expect(broken.log).toMatch(/written was 30 31 32 .* read is (?!30 31)/);
    expect(run([test, fix("drm/ttm: ask force_dma_unencrypted() about TTM_TT_FLAG_DECRYPTED")], ["sme-zen2,iommu=off"])).toMatchObject({ exit: 0, results: ["ok"] });
    expect(run([test], ["sev", "tdx"])).toMatchObject({ exit: 0, results: ["ok", "ok"] });
    expect(run([test], ["none", "sme-zen2,iommu=translated"]).results).toEqual(["skip", "skip"]);
  });

  it("is a mail that git am takes and checkpatch has nothing against", () => {
    const test = reproducer("amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read", "--kernel", `tree:${source!}`);
    const checked = spawnSync("perl", [join(source!, "scripts/checkpatch.pl"), "--no-tree", "--strict", "--no-signoff", "--ignore", "FILE_PATH_CHANGES", test], { encoding: "utf8" });
    expect(checked.stdout).toContain("total: 0 errors, 0 warnings, 0 checks");
    const tree = join(folder, "tree");
    const makefile = "drivers/gpu/drm/ttm/tests/Makefile";
    mkdirSync(dirname(join(tree, makefile)), { recursive: true });
    cpSync(join(source!, makefile), join(tree, makefile));
    const git = (...args: string[]): string => spawnSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.org", ...args], { cwd: tree, encoding: "utf8" }).stdout;
    git("init", "--quiet");
    git("add", "--all");
    git("commit", "--quiet", "--message", "before");
    git("am", "--quiet", test);
    expect(git("log", "-1", "--format=%s").trim()).toBe("drm/ttm: test that readers get what was written");
    expect(git("show", "--stat", "--format=").replaceAll(/ +\| .*/g, "").trim().split("\n").slice(0, 2).map((line) => line.trim())).toEqual([expect.stringContaining("Makefile"), expect.stringContaining("ttm_cbit_ciphertext_read_test.c")]);
  });

  it("does not pass where an operation did not run", () => {
    const text = readFileSync(reproducer("amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read"), "utf8");
    const mutants = {
      "no write": text.replace(/^\+\tcpu_write\(b0.*$/m, "+\t;"),
      "no vmap": text.replace("ret = ttm_bo_vmap(&b->bo, &b->vmap);", "ret = -EINVAL;"),
      "no pages": text.replace("ret = ttm_bo_validate(&b->bo, &placement, &ctx);", "ret = -ENOMEM;"),
      "no device": text.replace("return pdev;", "continue;"),
    };
    for (const [name, mutant] of Object.entries(mutants)) {
      expect(mutant === text ? name : "").toBe("");
      const path = join(folder, `${name.replace(" ", "-")}.patch`);
      writeFileSync(path, mutant);
      expect([name, ...run([path], ["sev"]).results]).toEqual([name, name === "no device" ? "skip" : "not ok"]);
    }
  });
});
