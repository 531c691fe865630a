// SPDX-License-Identifier: MIT
/** Patches of Linux 6.12, each of which takes one mapping decision otherwise or none: `cbit compare --patch` says which cases change. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, inject, it } from "vitest";
import { cbit, parsed } from "../support/cbit.ts";
import { DEVICES, KERNEL_EDITS, type KernelEdit, MACHINES, writePatch } from "../support/kernel-edits.ts";

interface Side {
  readonly verdict: string;
  readonly findings: readonly { readonly cause: string; readonly steps: readonly string[]; readonly explain: string }[];
}
interface Report {
  readonly patched: { readonly patches: readonly { readonly file: string; readonly author: string | null; readonly subject: string | null }[]; readonly files: readonly string[]; readonly compiled: readonly string[]; readonly copiedFor: string | null };
  readonly cases: readonly { readonly device: string; readonly machine: string; readonly change: string; readonly before: Side; readonly after: Side }[];
}

const source = inject("linux612");

describe.skipIf(source === null)("a kernel tree with patches", () => {
  const folder = mkdtempSync(join(tmpdir(), "cbit-patches-"));
  const env = { CBIT_CACHE: inject("treeCache") };
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const words = (text = ""): string[] => text.split(" ").filter((w) => w !== "");
  const compare = (patches: readonly string[], machines: string, devices: string, more: readonly string[] = []): ReturnType<typeof cbit> =>
    cbit(["compare", `tree:${source!}`, ...patches.flatMap((p) => ["--patch", p]), ...words(machines).flatMap((m) => ["--machine", m]), ...words(devices).flatMap((d) => ["--device", d]), ...more], env);

  it.each(KERNEL_EDITS.map((edit, i) => [edit.subject, edit, i % 2 === 0 ? "mbox" : "diff"] as const))("%s", (_name, edit: KernelEdit, kind) => {
    const patch = writePatch(source!, edit, kind, folder);
    const ran = compare([patch], edit.machines ?? MACHINES, edit.devices ?? DEVICES, ["--json", ...(edit.workload === undefined ? [] : ["--workload", edit.workload])]);
    expect(ran.err).toBe("");
    const report = parsed<Report>(ran.out);
    const having = (change: string): string[] => report.cases.filter((c) => c.change === change).map((c) => `${c.device}@${c.machine}`).sort();
    expect({ broken: having("broken"), fixed: having("fixed"), changed: having("changed") }).toEqual({ broken: words(edit.broken).sort(), fixed: words(edit.fixed).sort(), changed: words(edit.changed).sort() });
    expect([...having("unsupported"), ...having("unknown")]).toEqual([]);
    expect(ran.exit).toBe(edit.broken === undefined ? 0 : 1);
    expect(report.patched).toMatchObject({ files: [edit.file], copiedFor: null, patches: [kind === "mbox" ? { author: "Jane Doe <jane@example.org>", subject: edit.subject } : { author: null, subject: null }] });
    expect(report.patched.compiled.length === 0).toBe(edit.untouched === true);
    // What is wrong is told with its cause and the operations that show it.
    for (const { cause, explain } of report.cases.flatMap((c) => [...c.before.findings, ...c.after.findings])) expect([cause !== "", explain.startsWith("cbit explain ")]).toEqual([true, true]);
  });

  const EDIT = KERNEL_EDITS[0]!;
  const NEVER = { subject: "one", file: EDIT.file, from: EDIT.from, to: EDIT.to };

  it("explains, checks and replays what a patch breaks, with places in the patched source", () => {
    const shifted = { subject: "two", file: "drivers/gpu/drm/ttm/ttm_bo_util.c", from: "\n#include", to: "\n/*\n * 3\n */\n#include" };
    const patches = [writePatch(source!, NEVER, "mbox", folder), writePatch(source!, shifted, "diff", folder)];
    const { exit, out } = compare(patches, "sev", "amdgpu-gfx9");
    expect(exit).toBe(1);
    expect(out).toContain("after   the same with 2 patches");
    expect(out).toContain("1. one (Jane Doe <jane@example.org>)");
    const command = /cbit (explain amdgpu-gfx9@sev\/alias-attribute .*)/.exec(out.replaceAll(/ \\\n +/g, " "))![1]!;
    const explained = cbit(command, env);
    expect(explained.exit).toBe(1);
    const line = readFileSync(join(source!, shifted.file), "utf8").split("\n").findIndex((l) => l.startsWith("pgprot_t ttm_io_prot(")) + 1;
    expect(explained.out).toContain(`ttm_bo_util.c:${line + 3}`);
    const checked = cbit(["check", "--kernel", `tree:${source!}`, ...patches.flatMap((p) => ["--patch", p]), "--machine", "sev", "--device", "amdgpu-gfx9", "--json"], env);
    expect(checked.exit).toBe(1);
    const [first] = parsed<{ cases: { findings: { replay: string }[] }[] }>(checked.out).cases[0]!.findings;
    expect(cbit(["explain", first!.replay], env).exit).toBe(1);
    expect(cbit(["explain", first!.replay, "--kernel", `tree:${source!}`], env).exit).toBe(0);
    expect(cbit(["explore", "--replay", first!.replay], env).exit).toBe(1);
  });

  it("compares two trees that it takes from one folder", () => {
    const patch = writePatch(source!, NEVER, "diff", folder);
    const ran = cbit(["compare", `tree:${source!}+${patch}`, `tree:${source!}`, "--machine", "sev", "--device", "amdgpu-gfx9", "--json"], env);
    expect(ran.exit).toBe(0);
    expect(parsed<Report>(ran.out).cases.map((c) => c.change)).toEqual(["fixed"]);
  });

  it("takes new headers, and compiles what includes them", () => {
    const work = join(folder, "series");
    const git = (...args: string[]): void => {
      const { status, stderr } = spawnSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.org", "-C", work, ...args], { encoding: "utf8" });
      if (status !== 0) throw new Error(stderr);
    };
    const file = "drivers/gpu/drm/ttm/ttm_tt.c";
    mkdirSync(join(work, "drivers/gpu/drm/ttm"), { recursive: true });
    const text = readFileSync(join(source!, file), "utf8");
    writeFileSync(join(work, file), text);
    git("init", "--quiet");
    git("add", "--all");
    git("commit", "--quiet", "--message", "before");
    writeFileSync(join(work, "drivers/gpu/drm/ttm/ttm_decrypt.h"), "#define ttm_must_decrypt() false\n");
    git("add", "--all");
    git("commit", "--quiet", "--message", "drm/ttm: a header");
    writeFileSync(join(work, file), text.replace("\n#include", '\n#include "ttm_decrypt.h"\n#include').replace("cc_platform_has(CC_ATTR_GUEST_MEM_ENCRYPT)", "ttm_must_decrypt()"));
    git("commit", "--quiet", "--all", "--message", "drm/ttm: use it");
    git("format-patch", "--quiet", "--cover-letter", "-2", "-o", "..");
    const series = readdirSync(folder).filter((name) => /^000\d-/.test(name)).sort();
    const mbox = join(folder, "series.mbox");
    writeFileSync(mbox, series.map((name) => readFileSync(join(folder, name), "utf8")).join(""));
    const { exit, out } = compare([mbox], "sev", "amdgpu-gfx9", ["--json"]);
    expect(exit).toBe(1);
    const { patched } = parsed<Report>(out);
    expect(patched.patches.map((p) => p.subject)).toEqual(["drm/ttm: a header", "drm/ttm: use it"]);
    expect(patched).toMatchObject({ files: ["drivers/gpu/drm/ttm/ttm_decrypt.h", file], compiled: ["drivers/gpu/drm/ttm/ttm_tt"], copiedFor: null });

    // The second one alone lacks the header.
    const alone = compare([join(folder, series[2]!)], "sev", "amdgpu-gfx9");
    expect(alone).toMatchObject({ exit: 3, err: expect.stringMatching(/ttm_tt\.c:\d+:\d+: fatal error: 'ttm_decrypt\.h' file not found \[CBIT-202\]/) as unknown });
  });

  it("says where a patch does not apply, and what is there", () => {
    const patch = writePatch(source!, NEVER, "mbox", folder);
    const other = join(folder, "other.patch");
    writeFileSync(other, readFileSync(patch, "utf8").replace(/^-(\tif \(bdev)/m, "-$1ice"));
    const { exit, out, err } = compare([other], "sev", "amdgpu-gfx9");
    expect([exit, out]).toEqual([3, ""]);
    expect(err).toMatch(/other\.patch does not apply to tree .*: hunk 1 of drivers\/gpu\/drm\/ttm\/ttm_tt\.c, at line \d+: line \d+ there is "if \(bdev->pool.*", the patch has "if \(bdevice->pool.*" \[CBIT-205\]/);
    const twice = compare([patch, writePatch(source!, NEVER, "diff", folder)], "sev", "amdgpu-gfx9");
    expect(twice).toMatchObject({ exit: 3, err: expect.stringContaining("It is there already") as unknown });
  });

  it("leaves the folder alone", () => {
    const marker = join(folder, "marker");
    writeFileSync(marker, "");
    expect(compare([writePatch(source!, { ...NEVER, to: "0" }, "diff", folder)], "sev", "amdgpu-gfx9").exit).toBe(1);
    expect(spawnSync("find", [source!, "-newer", marker], { encoding: "utf8" }).stdout).toBe("");
  });
});
