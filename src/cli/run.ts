// SPDX-License-Identifier: MIT
/** `cbit run`: litmus files, each with what it expects. */

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { CbitError, EXIT, type ExitCode } from "../base/index.ts";
import type { DriverProfile, KernelFactory } from "../kernel/index.ts";
import { DEFAULT_POLICY, DRIVERS } from "../linux/index.ts";
import { type About, junit, ktap, type LitmusFile, runHtml, runJson, runSarif, runSuites, runText } from "../report/index.ts";
import { type Catalogue, deviceSpec, onOtherKernel, parseLitmus, type Prepared, prepareLitmus } from "../scenarios/index.ts";
import { aboutRun } from "./about.ts";
import type { Context } from "./context.ts";
import { examples } from "./examples.ts";
import { type FormatOptions, formatOptions, type Output, outputOf } from "./formats.ts";
import { kernelNamed } from "./kernels.ts";
import { driverNamed } from "./named.ts";
import { parseTreeSpec, treeOf } from "./tree-spec.ts";

const EXTENSION = ".litmus";

const WHY: Readonly<Record<string, string>> = { ENOENT: "there is no such file or folder", EACCES: "permission denied", EISDIR: "it is a folder", ELOOP: "its links go round in circles", ENOTDIR: "a part of the path is not a folder" };

/** Does something with a path that the user named. @throws CbitError (CBIT-145) where it cannot be read */
async function reading<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const why = WHY[(error as NodeJS.ErrnoException).code ?? ""];
    if (why === undefined) throw error;
    throw new CbitError({ code: "CBIT-145", exit: EXIT.usage, message: `cannot read ${path}: ${why}`, hint: `Name a file, or a folder with files called *${EXTENSION}.`, cause: error });
  }
}

/** The litmus files that paths stand for: files as they are, folders with all below them, each once. */
async function filesOf(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const isFolder = await reading(path, async () => (await stat(path)).isDirectory());
    const below = isFolder ? (await reading(path, () => readdir(path, { recursive: true }))).filter((f) => f.endsWith(EXTENSION)).sort() : null;
    files.push(...(below === null ? [path] : below.map((f) => join(path, f))));
  }
  return [...new Set(files)];
}

/** Kernels and devices as the command line names them, each looked up once. */
export function catalogueOf(context: Context): Catalogue {
  const kernels = new Map<string, Promise<KernelFactory>>();
  return {
    async kernel(name, policy, { machines, devices, operations }) {
      const platforms = new Set(machines.map((m) => m.platform.encryption));
      // One factory for all files that want the same of a tree.
      const own = treeOf(name) !== null ? (await import("../tree/index.ts")).storyDevices(devices, operations) : [];
      const key = [name, policy ?? "", ...[...platforms].sort(), ...own.map((d) => d.name).sort()].join(" ");
      const known = kernels.get(key) ?? kernelNamed(name, policy, context, [], { machines, devices: own });
      kernels.set(key, known);
      return known;
    },
    device: (spec): DriverProfile => deviceSpec(spec, (name) => driverNamed(name, DRIVERS)),
  };
}

/** Exit 0: everything is as the files say. 1: some run is not. 4: nothing ran. */
export function exitOfRuns(files: readonly LitmusFile[]): ExitCode {
  const runs = files.flatMap((f) => f.runs);
  if (runs.length === 0) return EXIT.noVerdict;
  return runs.every((r) => r.ok) ? EXIT.holds : EXIT.violation;
}

/** The release that a kernel is: what stands behind "model:", or what the tree's Makefile says. */
async function releaseOf(spec: string): Promise<string> {
  const tree = treeOf(spec);
  if (tree === null) return spec.slice(spec.indexOf(":") + 1);
  const { path } = parseTreeSpec(tree);
  const makefile = await reading(join(path, "Makefile"), () => readFile(join(path, "Makefile"), "utf8"));
  const number = (name: string): string => new RegExp(`^${name} = (\\d+)$`, "m").exec(makefile)?.[1] ?? "";
  return `${number("VERSION")}.${number("PATCHLEVEL")}`;
}

/** @param kernel runs those of its release on it, and leaves the others out; null for what the files name */
async function run(paths: readonly string[], kernel: string | null, output: Output<"run">, context: Context): Promise<void> {
  const standIn = kernel === null ? null : { kernel, release: await releaseOf(kernel), policy: DEFAULT_POLICY };
  const catalogue = catalogueOf(context);
  const prepared: Prepared[] = [];
  // All files are read before the first one runs: a mistake in the last one is told at once.
  for (const file of await filesOf(paths)) {
    const text = await reading(file, () => readFile(file, "utf8"));
    const litmus = parseLitmus(file, text);
    prepared.push(await prepareLitmus(standIn === null ? litmus : onOtherKernel(litmus, standIn), catalogue));
  }
  const told = standIn === null ? prepared : prepared.filter(({ cases }) => cases.length > 0);
  const files: LitmusFile[] = told.map(({ litmus, cases }, index) => {
    context.progress(`${index + 1}/${told.length} ${litmus.file}`);
    return { file: litmus.file, title: litmus.title, sources: litmus.sources, runs: cases.map((runCase) => runCase()) };
  });
  context.progress("");
  context.exit = exitOfRuns(files);
  const about = (): Promise<About> => aboutRun([], context.exit);
  await output.print({
    text: (style) => runText(files, style),
    json: () => runJson(files),
    ktap: async () => ktap(runSuites(files, await about())),
    junit: async () => junit(runSuites(files, await about())),
    sarif: async () => runSarif(files, await about()),
    html: async () => runHtml(files, await about()),
  });
}

/** Adds the command's options, help and action. */
export function define(command: Command, context: Context): void {
  const described = command
    .description("Runs litmus files: short stories of operations, each with what must come of it on which kernel and machine (docs/reference/litmus.md).")
    .argument("<path...>", `litmus files, or folders with files called *${EXTENSION}`)
    .option("--kernel <kernel>", "another kernel than the files name, such as tree:PATH: does the runs of its release on it, and leaves the others out");
  formatOptions(described, "run", "cbit.run/1").action((paths: readonly string[], options: FormatOptions & { readonly kernel?: string }) => run(paths, options.kernel ?? null, outputOf("run", options, context), context));
  examples(command, ["cbit run litmus", "cbit run litmus/b01-ttm-decrypted.litmus", "cbit run litmus/rules --kernel tree:linux-6.12 --json"]);
}
