// SPDX-License-Identifier: MIT
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { examinePrerequisites } from "../../src/cli/prerequisites.ts";
import { cbit, parsed } from "../support/cbit.ts";

const COMMANDS = ["check", "explain", "compare", "run", "list", "tree", "doctor"];

describe("cbit", () => {
  it("shows its version, quickly", () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(cbit("--version")).toEqual({ exit: 0, out: `${version}\n`, err: "" });
    expect(cbit("-V").out).toBe(`${version}\n`);
  });

  it.each(COMMANDS)("has help with three examples for %s", (command) => {
    const { exit, out } = cbit(`${command} --help`);
    expect(exit).toBe(0);
    expect(out).toContain(`Usage: cbit ${command}`);
    expect(out.split("Examples:\n")[1]!.match(/^ {2}\$ cbit /gm)).toHaveLength(3);
    expect(cbit(`help ${command}`).out).toBe(out);
    expect(cbit(`--help ${command}`).out).toBe(out);
  });

  it.each([
    ["", "no command given", "--help"],
    ["chekc", 'unknown command "chekc"; nearest: check', "--help"],
    ["check --polcy x", "nearest: --policy", "--help"],
    ["--polcy", 'unknown option "--polcy"; nearest: --help', "--help"],
    ["check --policy encryptd", 'unknown policy "encryptd"', "encrypted"],
    ["check --device amdgpu", "nearest: amdgpu-gfx10, amdgpu-gfx11, amdgpu-gfx12", "cbit list devices"],
    ["check --machine sme-zen5", "nearest: sme-zen2, sme-zen3", "cbit list machines"],
    ["check --machine sev,iommu=on", "off, identity, translated", "cbit list machines"],
    ["check --kernel model:6.13", 'no release "6.13"', "--kernel model:6.12"],
    ["check --kernel model:6.12-71ce046327ce", "nearest: 71ce046327cf", "cbit list changes"],
    ["check --kernel model", "no release is named", "--kernel model:6.12"],
    ["check --kernel linux", "must be model:RELEASE or tree:PATH", "--kernel model:6.12"],
    ["check --kernel tree:", "needs the path", "tree:PATH"],
    ["check --kernel tree:/x --policy encrypted", "does not go with", "Leave --policy out"],
    ["check --states many", "whole number", "--states 50"],
    ["check --states 0", "from 1 to", "--states 50"],
    ["check --depth 3 --depth 4", "--depth is given twice", "run cbit once"],
    ["check --policy encrypted --policy decrypt-all", "--policy is given twice", "run cbit once"],
    ["check --machine=", "--machine is empty", "--help"],
    ["check --machine sme-zen2,iommu=", "iommu=VALUE, one of off, identity, translated", "cbit list machines"],
    ["check --json=1", "nearest: --json", "cbit check --help"],
    ["--depth 3 check", 'unknown option "--depth"', "cbit check --depth"],
    ["--help chekc", 'unknown command "chekc"; nearest: check', "--help"],
    ["check --depth", "--depth needs <N>, operations in a row", "--help"],
    ["check more", '"check" takes no words but options, and got "more"', "--help"],
    ["explain zz --machine none --device xe", "nothing is broken in this matrix", "Letters are those of"],
    ["explain vmwgfx@sev/stale-view --machine sev", "--machine goes with a letter", "say which machine"],
    ["tree", "prepare, list, services, forget", "--help"],
    ["tree services x --module contrat", "nearest: contract", "One of contract"],
    ["tree prepar x", "nearest: prepare", "--help"],
    ["tree prepare", "\"tree prepare\" needs <path>, an unpacked kernel source", "--help"],
    ["tree forget /nowhere", "no prepared tree", "cbit tree list"],
    ["list machnes", "nearest: machines", "machines, devices"],
  ])("refuses `cbit %s` with exit 2, the reason and a hint", (args, reason, hint) => {
    const { exit, out, err } = cbit(args);
    expect(exit).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(reason);
    expect(err).toMatch(/^ {2}hint: /m);
    expect(err).toContain(hint);
  });

  it("prints errors as JSON too with --json", () => {
    const { exit, out, err } = cbit("check --device xee --json");
    expect(exit).toBe(2);
    expect(parsed(out)).toMatchObject({ schema: "cbit.error/1", code: "CBIT-102" });
    expect(err).toContain('unknown device "xee"');
  });

  it("says how to build where dist is missing", () => {
    const folder = mkdtempSync(join(tmpdir(), "cbit-bin-"));
    try {
      cpSync("bin", join(folder, "bin"), { recursive: true });
      cpSync("package.json", join(folder, "package.json"));
      const { status, stderr } = spawnSync(process.execPath, [join(folder, "bin/cbit.js")], { encoding: "utf8" });
      expect(status).toBe(6);
      expect(stderr).toContain("npm run build");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each(["check | head -n 1", "check --json | head -c 1", "list < /dev/null | true", "check <&- | true", "list nothing 2>&1 | true"])("survives `cbit %s`", (line) => {
    const { status, stderr } = spawnSync("bash", ["-c", `${process.execPath} bin/cbit.js ${line}`], { encoding: "utf8" });
    expect(status).toBe(0);
    expect(stderr).toBe("");
  });

  it("gives no verdict by its exit code where the output is lost", () => {
    const { status, stderr } = spawnSync("bash", ["-c", `${process.execPath} bin/cbit.js check > /dev/full`], { encoding: "utf8" });
    expect(status).toBe(6);
    expect(stderr).toMatch(/^cbit: the output cannot be written: no space is left on the device \[CBIT-401\]\n {2}hint: .*\n$/);
  });

  it.each(["check", "check --help", "list workloads", "doctor", "tree --help"])("keeps `cbit %s` within the columns of COLUMNS, but for single words", (args) => {
    const { out } = cbit(args, { COLUMNS: "60" });
    expect(out.split("\n").filter((l) => l.length > 60 && !/^ *(\$ )?\S+$|cbit (check|explain) |apt-get|^ {2}--machine/.test(l))).toEqual([]);
  });
});

describe("cbit list", () => {
  it("lists everything, or one kind, as text and as JSON", () => {
    const { exit, out } = cbit("list");
    expect(exit).toBe(0);
    for (const name of ["sme-zen2", "amdgpu-gfx9.4.3", "decrypt-dma-alloc-guest", "alias-attribute", "ttm-buffer"]) expect(out).toContain(name);
    expect(Object.keys(parsed<object>(cbit("list --json").out))).toEqual(["schema", "machines", "devices", "releases", "policies", "rules", "workloads"]);
    expect(Object.keys(parsed<object>(cbit("list rules --json").out))).toEqual(["schema", "rules"]);
    expect(Object.keys(parsed<object>(cbit("list services --json").out))).toEqual(["schema", "services"]);
    expect(parsed<{ changes: object[] }>(cbit("list changes --json").out).changes[0]).toMatchObject({ name: "9087c37584fb", in: ["6.12", "6.1", "proposed"], link: "https://git.kernel.org/linus/9087c37584fb" });
    expect(cbit("list slice").out).toContain("drivers/gpu/drm/ttm/ttm_bo_util.c");
  });

  it("names a page for each rule that exists", () => {
    const { rules } = parsed<{ rules: { page: string }[] }>(cbit("list rules --json").out);
    expect(rules.map((r) => r.page).filter((page) => !existsSync(page))).toEqual([]);
  });
});

describe("cbit tree", () => {
  it("lists an empty cache as text and as JSON", () => {
    const env = { CBIT_CACHE: join(tmpdir(), "cbit-no-such-cache") };
    expect(cbit("tree list", env)).toMatchObject({ exit: 0, out: expect.stringContaining("No tree is prepared") });
    expect(parsed(cbit("tree list --json", env).out)).toEqual({ schema: "cbit.tree/1", action: "list", trees: [] });
  });

  it("says with exit 6 where its cache cannot be written, before anything is compiled", () => {
    const { exit, err } = cbit("tree prepare docs", { CBIT_CACHE: join(process.cwd(), "package.json/cache") });
    expect(exit).toBe(6);
    expect(err).toMatch(/package\.json is not a folder \[CBIT-402\]\n {2}hint: Set CBIT_CACHE/);
    expect(cbit("doctor --tree", { CBIT_CACHE: "/dev/null/x" })).toMatchObject({ exit: 6, out: expect.stringContaining("/dev/null is not a folder") });
  });

  it("does not keep anything in the folder it is called from, whatever the environment says", () => {
    for (const env of [{ XDG_CACHE_HOME: "" }, { XDG_CACHE_HOME: "cache" }, { CBIT_CACHE: "" }]) expect(cbit("doctor", env).out).toMatch(/cache +\/.*\/cbit/);
  });

  it("refuses a folder that is no kernel source with exit 3, and check does too", () => {
    for (const args of ["tree prepare docs", "tree services docs", "check --kernel tree:docs"]) {
      const { exit, err } = cbit(args);
      expect(exit).toBe(3);
      expect(err).toMatch(/docs.*CBIT-201/);
    }
    expect(cbit("tree prepare /no/such/folder").exit).toBe(3);
  });
});

describe("cbit doctor", () => {
  it("finds what the model needs", () => {
    const { exit, out } = cbit("doctor --json");
    expect(exit).toBe(0);
    expect(parsed<{ checks: { name: string; ok: boolean }[] }>(out).checks[0]).toMatchObject({ name: "node", ok: true });
  });

  it("names all that trees need and is missing, with one apt line; exit 6 with --tree", () => {
    const bare = { PATH: "/nonexistent" };
    const { exit, out } = cbit("doctor", bare);
    expect(exit).toBe(0);
    expect(out).toMatch(/apt-get install clang-19 lld-19 llvm-19 make flex bison bc perl/);
    expect(cbit("doctor --tree", bare).exit).toBe(6);
  });

  it("says versions, whether cbit is whole, and how much room there is", () => {
    const { checks } = parsed<{ checks: { name: string; ok: boolean; found: string }[] }>(cbit("doctor --json").out);
    const found = (name: string): string => checks.find((c) => c.name === name)!.found;
    expect(found("cbit")).toMatch(/^\d+\.\d+\.\d+ in \//);
    expect(found("make")).toMatch(/^\d+\.\d+\S* \(\/.*make\)$/);
    expect(found("clang")).toMatch(/^\d+\.\d+\.\d+: clang/);
    expect(found("space")).toMatch(/^\d+ [GM]iB free/);
  });

  it("names all headers that are missing", () => {
    const { checks, install } = examinePrerequisites(process.env, ["/nonexistent"]);
    expect(checks.filter((c) => !c.ok).map((c) => [c.name, c.found])).toEqual([["libc", "no stdio.h in /nonexistent"], ["libelf", "no libelf.h in /nonexistent"], ["openssl", "no openssl/opensslv.h in /nonexistent"]]);
    expect(install).toBe("apt-get install libc6-dev libelf-dev libssl-dev");
  });

  it("notices that a copy of cbit lacks a part", () => {
    const folder = mkdtempSync(join(tmpdir(), "cbit-part-"));
    try {
      for (const part of ["bin", "dist", "package.json"]) cpSync(part, join(folder, part), { recursive: true });
      symlinkSync(realpathSync("node_modules"), join(folder, "node_modules"));
      const { status, stdout } = spawnSync(process.execPath, [join(folder, "bin/cbit.js"), "doctor"], { encoding: "utf8" });
      expect(status).toBe(6);
      expect(stdout.replace(/\n +/g, " ")).toMatch(/wrong +cbit +\S+ lacks src\/tree\/guest\/common\/cbit\.h, .*: npm ci/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("looks at a folder: a source that works, one that is not known, none", () => {
    const folder = mkdtempSync(join(tmpdir(), "cbit-source-"));
    const make = (release: string): void => {
      for (const file of ["Makefile", "Kbuild", "arch/x86/Makefile", "drivers/gpu/drm/ttm/ttm_tt.c"]) {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        writeFileSync(join(folder, file), file === "Makefile" ? `VERSION = ${release.split(".")[0]}\nPATCHLEVEL = ${release.split(".")[1]}\nSUBLEVEL = 3\n` : "");
      }
    };
    const row = (): { exit: number | null; found: string; ok: boolean } => {
      const { exit, out } = cbit(["doctor", folder, "--json"], { CBIT_CACHE: join(folder, "cache") });
      const { found, ok } = parsed<{ checks: { name: string; ok: boolean; found: string }[] }>(out).checks.find((c) => c.name === "source")!;
      return { exit, found, ok };
    };
    try {
      expect(row()).toMatchObject({ ok: false, found: expect.stringContaining("this is not a Linux source") });
      make("6.12");
      expect(row()).toMatchObject({ exit: 0, ok: true, found: `Linux 6.12.3 at ${realpathSync(folder)}, not prepared yet` });
      make("5.10");
      expect(row()).toMatchObject({ exit: 3, ok: false, found: expect.stringContaining("Linux 5.10.3") });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("asks for the LLVM that CBIT_LLVM names, and for nothing that is no version", () => {
    expect(cbit("doctor", { PATH: "/nonexistent", CBIT_LLVM: "16" }).out).toContain("apt-get install clang-16 lld-16 llvm-16 make");
    expect(cbit("doctor --tree", { CBIT_LLVM: "newest" })).toMatchObject({ exit: 6, err: expect.stringContaining("CBIT_LLVM=newest is not a version of LLVM [CBIT-203]") });
  });
});
