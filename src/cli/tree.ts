// SPDX-License-Identifier: MIT
/** `cbit tree`: prepare, list and forget kernel trees; what they consist of. */

import type { Command } from "commander";
import { CbitError, EXIT, nearest } from "../base/index.ts";
import { count, type ModuleInventory, treeJson, type TreeEntry, treeServicesJson, treeServicesText, treesText } from "../report/index.ts";
import { CONTRACT, forgetTree, type Host, inventory, listTrees, type Manifest, MODULES, type ModuleSpec, prepareTree } from "../tree/index.ts";
import { cacheDirectory, writableCache } from "./cache.ts";
import type { Context } from "./context.ts";
import { examples } from "./examples.ts";
import { usageError } from "./failure.ts";
import { createHost } from "./host.ts";
import { filled } from "./options.ts";
import { treeProgress } from "./tree-progress.ts";
import { version } from "./version.ts";

interface TreeOptions {
  readonly json?: boolean;
}

interface ServicesOptions extends TreeOptions {
  readonly module?: string;
}

/** A tree with patches is called as `--kernel` takes it, but for the patches' folders. */
const entryOf = (m: Manifest): TreeEntry => ({ path: m.patchedBy === "" ? m.source : `${m.source}+${m.patchedBy}`, module: m.module, release: m.release, key: m.key, bytes: m.wasmBytes });

async function prepare(path: string, options: TreeOptions, context: Context): Promise<void> {
  const started = performance.now();
  const tree = await prepareTree(createHost(version()), path, { cacheDirectory: writableCache(process.env), progress: treeProgress(context) });
  context.progress("");
  const entry = entryOf(tree.manifest);
  if (options.json === true) {
    context.out(treeJson("prepared", [entry]));
    return;
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const what = tree.cached ? "was prepared already" : `prepared in ${seconds} s`;
  context.out(`Linux ${entry.release} at ${entry.path} ${what}: ${count(tree.manifest.files.length, "kernel file")}, ${(entry.bytes / 1e6).toFixed(1)} MB of WebAssembly.\n`);
  context.out(`  cbit check --kernel tree:${path}\n`);
}

async function list(options: TreeOptions, context: Context): Promise<void> {
  const trees = (await listTrees(createHost(version()), cacheDirectory(process.env))).map(entryOf);
  context.out(options.json === true ? treeJson("list", trees) : treesText(trees));
}

function inventoryOf(manifest: Manifest): ModuleInventory {
  const { files, shims, services } = inventory(manifest);
  return { module: manifest.module, key: manifest.key, files, shims: shims.map((s) => ({ file: s.file, standsFor: s.for, reason: s.reason })), services };
}

/** The modules to tell of: the one that is named, or the contract's and the others that have been prepared from the folder. */
async function modulesOf(host: Host, path: string, cache: string, name: string | undefined): Promise<readonly ModuleSpec[]> {
  if (name === undefined) {
    const real = await host.realPath(path).catch(() => path);
    const prepared = new Set((await listTrees(host, cache)).filter((m) => m.source === real).map((m) => m.module));
    return MODULES.filter((m) => m === CONTRACT || prepared.has(m.name));
  }
  const names = MODULES.map((m) => m.name);
  if (!names.includes(name)) throw usageError(`there is no module called "${name}"; nearest: ${nearest(name, names).join(", ")}`, `One of ${names.join(", ")}.`);
  return MODULES.filter((m) => m.name === name);
}

/** Modules are told of as they would be made now. */
async function services(path: string, options: ServicesOptions, context: Context): Promise<void> {
  const host = createHost(version());
  const prepared = { cacheDirectory: writableCache(process.env), progress: treeProgress(context) };
  const manifests: Manifest[] = [];
  for (const module of await modulesOf(host, path, prepared.cacheDirectory, options.module)) manifests.push((await prepareTree(host, path, { ...prepared, module })).manifest);
  context.progress("");
  const { source, release } = manifests[0]!;
  const report = { path: source, release, modules: manifests.map(inventoryOf) };
  context.out(options.json === true ? treeServicesJson(report) : treeServicesText(report, context.style));
}

async function forget(pathOrKey: string, options: TreeOptions, context: Context): Promise<void> {
  const host = createHost(version());
  const cache = cacheDirectory(process.env);
  const before = await listTrees(host, cache);
  const gone = await forgetTree(host, cache, pathOrKey);
  if (gone === 0) {
    throw new CbitError({
      code: "CBIT-109",
      exit: EXIT.usage,
      message: `no prepared tree has the path or key "${pathOrKey}"`,
      hint: "`cbit tree list` shows what is prepared.",
    });
  }
  const left = new Set((await listTrees(host, cache)).map((m) => m.key));
  const entries = before.filter((m) => !left.has(m.key)).map(entryOf);
  context.out(options.json === true ? treeJson("forgotten", entries) : entries.map((e) => `forgotten: ${e.path} (${e.key})\n`).join(""));
}

/** Adds the subcommands. */
export function define(command: Command, context: Context): void {
  command
    .description("Kernel source folders for --kernel tree:PATH: compiled once, kept by content, found again. Nothing is written into the folder.")
    .usage("prepare|list|services|forget [options]");
  const prepareCommand = command
    .command("prepare")
    .description("Compiles a kernel source folder's TTM and DMA code, unmodified, into a module that cbit can run.")
    .argument("<path>", "an unpacked kernel source", (path: string) => filled("the path", path))
    .option("--json", "print cbit.tree/1 instead of text")
    .action((path: string, options: TreeOptions) => prepare(path, options, context));
  const listCommand = command
    .command("list")
    .description("Lists the prepared trees.")
    .option("--json", "print cbit.tree/1 instead of text")
    .action((options: TreeOptions) => list(options, context));
  const servicesCommand = command
    .command("services")
    .description("Lists what a prepared tree consists of: the kernel's own files, cbit's C in place of others, and the functions that neither has, each with the reason. Prepares the tree where it is not.")
    .argument("<path>", "an unpacked kernel source", (path: string) => filled("the path", path))
    .option("--module <name>", "that module alone (contract, or a driver's or test suite's); otherwise the contract's and those that are prepared")
    .option("--json", "print cbit.services/1 instead of text")
    .action((path: string, options: ServicesOptions) => services(path, options, context));
  const forgetCommand = command
    .command("forget")
    .description("Removes what was made from a kernel source folder.")
    .argument("<path|key>", "the folder, or a key of `cbit tree list`", (path: string) => filled("the path", path))
    .option("--json", "print cbit.tree/1 instead of text")
    .action((path: string, options: TreeOptions) => forget(path, options, context));
  command.helpCommand(false);
  const lines = ["cbit tree prepare ~/src/linux-source-6.12", "cbit tree services ~/src/linux-source-6.12 --json", "cbit tree forget ~/src/linux-source-6.12"] as const;
  for (const c of [command, prepareCommand, listCommand, servicesCommand, forgetCommand]) examples(c, lines);
}
