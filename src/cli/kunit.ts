// SPDX-License-Identifier: MIT
/** `cbit kunit`: a kernel tree's own KUnit suites, on simulated machines. */

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { CbitError, EXIT, nearest } from "../base/index.ts";
import { type Configuration, type MachineTests, testDifferences } from "../kernel/index.ts";
import { PLATFORMS } from "../machine/index.ts";
import { kunitJson, kunitJunit, kunitKtap, type KunitReport, kunitText, suiteStatus } from "../report/index.ts";
import { configurations } from "../scenarios/index.ts";
import { findSuites, groupsOf, inspectSource, machinesByModule, prepareTree, runKunit, TestFilter } from "../tree/index.ts";
import { writableCache } from "./cache.ts";
import type { Context } from "./context.ts";
import { examples } from "./examples.ts";
import { type FormatOptions, formatOptions, outputOf } from "./formats.ts";
import { createHost } from "./host.ts";
import { machinesNamed } from "./named.ts";
import { collect, filled } from "./options.ts";
import { treeProgress } from "./tree-progress.ts";
import { patchPath } from "./tree-spec.ts";
import { version } from "./version.ts";

interface KunitOptions extends FormatOptions {
  readonly machine?: readonly string[];
  readonly patch?: readonly string[];
}

/** One machine for each platform, with the IOMMU off where its mode must be named. */
function allMachines(): Configuration[] {
  return PLATFORMS.flatMap((platform) => configurations(platform, platform.defaultIommu === null ? { iommu: platform.iommuModes[0]! } : {}));
}

function machinesOf(specs: readonly string[]): Configuration[] {
  if (specs.includes("all")) return allMachines();
  return specs.length === 0 ? machinesNamed(["none"]) : machinesNamed(specs);
}

function nothingFound(glob: string, names: readonly string[]): CbitError {
  return new CbitError({
    code: "CBIT-113",
    exit: EXIT.usage,
    message: `no suite or test of the tree is meant by "${glob}"; nearest: ${nearest(glob.split(".")[0]!, [...new Set(names)], 3).join(", ")}`,
    hint: "A glob is SUITE or SUITE.TEST, with * ? and [a-z], as kunit.py takes it.",
  });
}

const exitOf = ({ machines, differences }: KunitReport): 0 | 1 | 5 => {
  if (differences.length > 0 || machines.some((m) => m.suites.some((s) => suiteStatus(s) === "not ok"))) return EXIT.violation;
  return machines.some((m) => m.unsupported === null) ? EXIT.holds : EXIT.unsupported;
};

async function kunit(path: string, glob: string, options: KunitOptions, context: Context): Promise<void> {
  const output = outputOf("kunit", options, context);
  const machines = machinesOf(options.machine ?? []);
  const patches = (options.patch ?? []).map(patchPath);
  const filter = new TestFilter(glob);
  const host = createHost(version());
  const prepareOptions = { cacheDirectory: writableCache(process.env), progress: treeProgress(context), patches };
  const suites = new Map<string, MachineTests["suites"]>(machines.map((m) => [m.name, []]));
  const all = await findSuites(host, path, prepareOptions);
  const groups = groupsOf(filter, all);
  const reasons = new Map<string, string>();
  const names: string[] = [];
  const { release } = await inspectSource(host, path);
  for (const { module, machines: chosen } of groups.flatMap((group) => machinesByModule(group, machines))) {
    const tree = await prepareTree(host, path, { ...prepareOptions, module });
    const run = await runKunit(host, tree, await readFile(tree.wasmPath), filter, chosen, (machine, suite) => context.progress(`${machine} ${suite}`));
    names.push(...run.names);
    for (const result of run.machines) {
      suites.set(result.machine, [...suites.get(result.machine)!, ...result.suites]);
      if (result.unsupported !== null) reasons.set(result.machine, result.unsupported);
    }
  }
  context.progress("");
  const results = machines.map((m): MachineTests => ({ machine: m.name, unsupported: reasons.get(m.name) ?? null, suites: reasons.has(m.name) ? [] : suites.get(m.name)! }));
  if (results.every((m) => m.suites.length === 0) && machines.some((m) => !reasons.has(m.name))) throw nothingFound(glob, names.length > 0 ? names : all.flatMap((g) => g.suites));
  const report: KunitReport = { path: resolve(path), release, patches, glob, machines: results, differences: testDifferences(results) };
  await output.print({ text: (style) => kunitText(report, style), json: () => kunitJson(report), ktap: () => kunitKtap(report), junit: () => kunitJunit(report) });
  context.exit = exitOf(report);
}

/** Adds the command's options, help and action. */
export function define(command: Command, context: Context): void {
  const described = command
    .description("Runs a kernel tree's own KUnit suites, KUnit itself included, on simulated machines: each test on a machine that has just booted.")
    .argument("<path>", "an unpacked kernel source", (path: string) => filled("the path", path))
    .argument("[glob]", "SUITE or SUITE.TEST with * ? [a-z], as kunit.py takes it", "*")
    .option("--machine <SPEC>", "as for `cbit check`, or all; repeatable (default: none)", collect("--machine"))
    .option("--patch <FILE>", "a patch of the tree, mbox or diff, applied to copies of its files; repeatable, in order", collect("--patch"));
  formatOptions(described, "kunit", "cbit.kunit/1").action((path: string, glob: string, options: KunitOptions) => kunit(path, glob, options, context));
  examples(command, [
    "cbit kunit ~/src/linux-source-6.12 'ttm*' --machine all",
    "cbit kunit ~/src/linux-source-6.12 'drm_mm.*' --machine sev --machine tdx",
    "cbit kunit ~/src/linux-source-6.12 --format ktap | tools/testing/kunit/kunit.py parse",
  ]);
}
