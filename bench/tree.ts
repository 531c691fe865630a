// SPDX-License-Identifier: MIT
/** A kernel tree: from the source to the verdict of TTM's KUnit suites, beside kunit.py with user-mode Linux on the same copy of the tree. */

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { CbitError, EXIT } from "../dist/base/index.js";
import type { Announce } from "./comparison.ts";
import { measureMicro, type MicroRow } from "./micro.ts";
import { type Lab, ROOT } from "./processes.ts";
import { type Sample, sampleOf } from "./sample.ts";

const PACKAGED = "/usr/src/linux-source-6.12.tar.xz";
const KUNITCONFIG = "drivers/gpu/drm/ttm/tests";
const SUITES = "ttm*";
const EDITED = "drivers/gpu/drm/ttm/ttm_bo_util.c";
/** The family of LLVM's programs. */
export const LLVM = "-19";

/** One question, answered by both. */
export interface TreeRow {
  readonly what: string;
  readonly cbit: Sample;
  readonly uml: Sample;
}

export interface TreeFigures {
  readonly tests: { readonly cbit: string; readonly uml: string };
  readonly cold: TreeRow;
  readonly edit: TreeRow;
  readonly alone: TreeRow;
  /** Seconds that each further platform adds to the suites, and how many there were. */
  readonly perPlatform: Sample;
  readonly platforms: number;
  readonly micro: readonly MicroRow[];
  /** Seconds to put a machine back to the state after boot. */
  readonly reset: Sample;
}

/** "102 passed, 0 failed, 0 skipped" of what kunit.py prints at the end. */
function umlTotals(stdout: string): string {
  const line = stdout.split("\n").findLast((l) => l.includes("Testing complete")) ?? "";
  const number = (name: string): number => Number(new RegExp(`${name}: (\\d+)`).exec(line)?.[1] ?? 0);
  return `${number("passed")} passed, ${number("failed") + number("crashed") + number("errors")} failed, ${number("skipped")} skipped`;
}

/** What is read of cbit.kunit/1. */
interface CbitTotals {
  readonly machines: readonly { readonly totals: { readonly passed: number; readonly failed: number; readonly skipped: number } }[];
}

function cbitTotals(stdout: string): string {
  const { passed, failed, skipped } = (JSON.parse(stdout) as CbitTotals).machines[0]!.totals;
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** A copy of the tree that both may work with. @throws CbitError where there is none */
function copyOf(lab: Lab, path: string | null, announce: Announce): string {
  const folder = lab.newFolder();
  announce("tree: copying the source");
  if (path !== null) {
    if (!existsSync(join(path, EDITED))) throw new CbitError({ code: "CBIT-100", exit: EXIT.usage, message: `--tree ${path}: no Linux source`, hint: "Name the top folder of an unpacked Linux source." });
    lab.run(["cp", "-r", "--reflink=auto", path, join(folder, "linux")], folder);
    return join(folder, "linux");
  }
  if (!existsSync(PACKAGED)) {
    throw new CbitError({ code: "CBIT-203", exit: EXIT.environment, message: `no kernel source: ${PACKAGED} does not exist`, hint: "apt-get install linux-source-6.12, or name a source: --tree PATH, or leave this part out: --no-tree" });
  }
  lab.run(["tar", "-xf", PACKAGED], folder);
  return join(folder, "linux-source-6.12");
}

/** @param path an unpacked source; null: Debian's package */
export async function measureTree(lab: Lab, path: string | null, runs: number, announce: Announce): Promise<TreeFigures> {
  const tree = copyOf(lab, path, announce);
  const text = readFileSync(join(tree, EDITED), "utf8");
  const program = [process.execPath, join(ROOT, "bin", "cbit.js")];
  const folders = { cache: lab.newFolder(), build: lab.newFolder() };
  const cbit = (...args: readonly string[]): { seconds: number; stdout: string } =>
    lab.run(["env", `CBIT_CACHE=${folders.cache}`, ...program, ...args], ROOT);
  const suites = (...machines: readonly string[]): { seconds: number; stdout: string } => cbit("kunit", tree, SUITES, ...machines.flatMap((m) => ["--machine", m]), "--json");
  const uml = (verb: string): { seconds: number; stdout: string } =>
    lab.run(["python3", join(tree, "tools/testing/kunit/kunit.py"), verb, `--build_dir=${folders.build}`, ...(verb === "run" ? [`--kunitconfig=${KUNITCONFIG}`, `--jobs=${cpus().length}`] : [])], tree);
  const samples = { cold: [[], []], edit: [[], []], alone: [[], []] } as Record<"cold" | "edit" | "alone", [number[], number[]]>;
  const further: number[] = [];
  const reset: number[] = [];
  let tests = { cbit: "", uml: "" };
  let platforms = 0;
  for (let run = 1; run <= runs; run++) {
    const turn = (what: string): void => announce(`tree: ${what}, run ${run} of ${runs}`);
    folders.cache = lab.newFolder();
    folders.build = lab.newFolder();
    turn("cold, cbit");
    const mine = suites("none");
    turn("cold, kunit.py");
    const theirs = uml("run");
    tests = { cbit: cbitTotals(mine.stdout), uml: umlTotals(theirs.stdout) };
    samples.cold[0].push(mine.seconds);
    samples.cold[1].push(theirs.seconds);
    turn("suites alone");
    samples.alone[0].push(suites("none").seconds);
    samples.alone[1].push(uml("exec").seconds);
    turn("all platforms");
    // The first run compiles arm64's module.
    suites("all");
    const all = suites("all");
    platforms = (JSON.parse(all.stdout) as CbitTotals).machines.length;
    further.push((all.seconds - samples.alone[0].at(-1)!) / (platforms - 1));
    appendFileSync(join(tree, EDITED), `\nint ttm_bench_${run}(void);\nint ttm_bench_${run}(void)\n{\n\treturn ${run};\n}\n`);
    turn("one edit, cbit");
    samples.edit[0].push(suites("none").seconds);
    turn("one edit, kunit.py");
    samples.edit[1].push(uml("run").seconds);
    turn("reset");
    cbit("tree", "prepare", tree);
    const measured = lab.run([process.execPath, join(ROOT, "dist-bench", "reset-run.js"), tree, folders.cache], ROOT);
    reset.push((JSON.parse(measured.stdout) as { seconds: number }).seconds);
  }
  if (readFileSync(join(tree, EDITED), "utf8") === text) throw new Error("the edit left no trace");
  const row = (what: string, [mine, theirs]: readonly [number[], number[]]): TreeRow => ({ what, cbit: sampleOf(mine), uml: sampleOf(theirs) });
  return {
    tests,
    cold: row("cold tree to the verdict", samples.cold),
    edit: row("one file edited, to the verdict", samples.edit),
    alone: row("nothing changed: the suites alone", samples.alone),
    perPlatform: sampleOf(further),
    platforms,
    micro: await measureMicro(lab, LLVM, runs, announce),
    reset: sampleOf(reset),
  };
}
