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
  /** What the kernel's own checker says of a patch. New files always make it ask for MAINTAINERS. */
  const checked = (patch: string): string => {
    const { stdout } = spawnSync("perl", [join(source!, "scripts/checkpatch.pl"), "--no-tree", "--strict", "--no-signoff", "--ignore", "FILE_PATH_CHANGES", patch], { encoding: "utf8" });
    return /^total: .*(?=, \d+ lines)/m.exec(stdout)?.[0] ?? stdout;
  };
  const CLEAN = "total: 0 errors, 0 warnings, 0 checks";
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

  const model = (machine: string, device: string, workload: string, steps: string): string => `cbit1/model:6.12/decrypt-dma-alloc-guest/${machine}/${device}/${workload}/${steps}`;
  // Of docs/reference/findings.md; what a sound machine says of the same test.
  it.each([
    ["two mappings of a page", model("sme-zen2,iommu=off", "amdgpu-gfx9", "ttm-buffer", "bo_create,bo_populate,bo_vmap"), "sev", "ok"],
    ["two copies of a buffer that is mapped once", model("sme-zen2,iommu=off", "xe", "ttm-buffer", "bo_create,bo_populate,bo_vmap,cpu_write:vmap,dev_read"), "none", "ok"],
    ["what was swapped out", model("sme-zen2,iommu=off", "amdgpu-gfx6", "ttm-swap", "bo_create:pages=1,bo_populate,bo_vmap,cpu_write:vmap,bo_vunmap,bo_swapout,bo_swapin,bo_vmap,cpu_read:vmap"), "sev", "ok"],
    ["what was bounced and swapped out", model("sme-zen2,iommu=off", "xe-xelp", "ttm-swap", "bo_create:pages=1,bo_populate,bo_vmap,cpu_write:vmap,bo_vunmap,bo_swapout,bo_swapin,bo_vmap,cpu_read:vmap"), "none", "ok"],
    ["the end of an import", model("sme-zen2,iommu=off", "amdgpu-gfx6", "dma-buf", "page_alloc,bo_import:buf=1:from=0,cpu_write:linear,bo_destroy:buf=1,cpu_read:linear"), "none", "ok"],
    ["a mapping that fails", model("sme-zen2,iommu=off,swiotlb=noforce", "xe", "ttm-buffer", "bo_create,bo_populate"), "none", "ok"],
    ["a restricted pool", model("sme-zen2,iommu=off,swiotlb=restricted", "amdgpu-gfx9.4.3", "ttm-buffer", "bo_create,bo_populate,bo_kmap,cpu_write:kmap,dev_read"), "sev,swiotlb=restricted", "ok"],
    ["a guest's IOMMU", model("sev,iommu=translated", "amdgpu-gfx6", "ttm-buffer", "bo_create,bo_populate"), "sme-zen2,iommu=translated", "ok"],
    ["a device's access that the platform stops", model("tdx,iommu=translated", "amdgpu-gfx6", "ttm-buffer", "bo_create,bo_populate,dev_write"), "sme-zen2,iommu=translated", "ok"],
    ["a CPU's access that ends the guest", model("sev-snp,iommu=translated", "amdgpu-gfx6", "ttm-buffer", "bo_create,bo_populate,bo_vmap,cpu_write:vmap"), "sme-zen2,iommu=translated", "ok"],
  ])("shows %s", (_what, token, sound, there) => {
    const test = reproducer(token);
    expect(checked(test)).toBe(CLEAN);
    const machine = token.split("/")[3]!;
    expect(run([test], [machine, sound])).toMatchObject({ exit: 1, results: ["not ok", there] });
  });

  it("shows what a patch of the DMA layer breaks, in kernel/dma", () => {
    const patch = fix("dma-direct: leave the C-bit of allocations alone");
    const test = reproducer("amdgpu-gfx9@sev/ciphertext-read", "--workload", "dma-coherent", "--kernel", `tree:${source!}`, "--patch", patch);
    const text = readFileSync(test, "utf8");
    expect(text).toContain("+++ b/kernel/dma/dma_cbit_ciphertext_read_test.c");
    expect(checked(test)).toBe(CLEAN);
    // What lies where on this machine is nobody's business.
    expect(text).not.toContain(source!);
    expect(run([test, patch], ["sev"])).toMatchObject({ exit: 1, results: ["not ok"] });
    expect(run([test], ["sev", "sme-zen2,iommu=off"])).toMatchObject({ exit: 0, results: ["ok", "ok"] });
  });

  it("is a mail that git am takes and checkpatch has nothing against", () => {
    const test = reproducer("amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read", "--kernel", `tree:${source!}`);
    expect(checked(test)).toBe(CLEAN);
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

const older = inject("linux61");

describe.skipIf(older === null)("a finding as a KUnit test for Linux 6.1, whose TTM has no tests", () => {
  const folder = mkdtempSync(join(tmpdir(), "cbit-reproducer-61-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("fails where the finding is, and passes elsewhere", () => {
    const patch = join(folder, "test.patch");
    expect(cbit(["explain", "amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read", "--kernel", "model:6.1", "--kunit", "-o", patch], env).exit).toBe(0);
    const ran = cbit(["kunit", older!, "ttm_cbit*", "--patch", patch, "--machine", "sme-zen2,iommu=off", "--machine", "sev", "--json"], env);
    expect([ran.exit, ran.err]).toEqual([1, ""]);
    expect(parsed<Report>(ran.out).machines.map((m) => m.suites.flatMap((s) => s.tests.map((t) => t.status)))).toEqual([["not ok"], ["ok"]]);
  });
});

/** A patch with a suite in a new file, and the line of its makefile. */
function suitePatch(folder: string, makefile: string, option: string): string {
  const lines = makefile.replace(/\n$/, "").split("\n");
  const source = `// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/mm.h>

static void mine_is_named(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, KBUILD_MODNAME, "mine_test");
}

static void mine_copies(struct kunit *test)
{
	struct page *page = alloc_page(GFP_KERNEL);
	char seen[16] = "", written[16] = "sixteen letters";

	KUNIT_ASSERT_NOT_NULL(test, page);
	memcpy(page_address(page), written, 16);
	memcpy(seen, page_address(page), 16);
	__free_page(page);
	KUNIT_EXPECT_STREQ(test, seen, "sixteen letters");
}

static struct kunit_case mine_cases[] = { KUNIT_CASE(mine_is_named), KUNIT_CASE(mine_copies), {} };
static struct kunit_suite mine_suite = { .name = "mine", .test_cases = mine_cases };

kunit_test_suites(&mine_suite);
`;
  const body = source.trimEnd().split("\n");
  return [
    `diff --git a/${folder}/Makefile b/${folder}/Makefile`,
    `--- a/${folder}/Makefile`,
    `+++ b/${folder}/Makefile`,
    `@@ -${lines.length - 2},3 +${lines.length - 2},4 @@`,
    ...lines.slice(-3).map((line) => ` ${line}`),
    `+obj-$(CONFIG_${option}) += mine_test.o`,
    `diff --git a/${folder}/mine_test.c b/${folder}/mine_test.c`,
    "new file mode 100644",
    "--- /dev/null",
    `+++ b/${folder}/mine_test.c`,
    `@@ -0,0 +1,${body.length} @@`,
    ...body.map((line) => `+${line}`),
    "",
  ].join("\n");
}

describe.skipIf(source === null)("a suite of the user's own", () => {
  const folder = mkdtempSync(join(tmpdir(), "cbit-own-suite-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ["drivers/gpu/drm/ttm/tests", "DRM_TTM_KUNIT_TEST"],
    // An option that cbit's configuration does not have: a patch is meant as it is.
    ["lib", "MINE_KUNIT_TEST"],
  ])("in %s runs from a patch, and nothing but its file is compiled", (where, option) => {
    const patch = join(folder, `${option}.diff`);
    writeFileSync(patch, suitePatch(where, readFileSync(join(source!, where, "Makefile"), "utf8"), option));
    const ran = cbit(["kunit", source!, "mine", "--patch", patch, "--machine", "none", "--machine", "tdx", "--machine", "cca", "--json"], env);
    expect([ran.exit, ran.err]).toEqual([0, ""]);
    const { machines } = parsed<Report>(ran.out);
    expect(machines.map((m) => m.suites.flatMap((s) => [s.name, ...s.tests.map((t) => t.status)]))).toEqual(machines.map(() => ["mine", "ok", "ok"]));
  });
});
