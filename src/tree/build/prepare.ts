// SPDX-License-Identifier: MIT
/**
 * From a kernel source to a module. Everything is kept by contents: a prepared tree is found again without running
 * make as long as nothing that it was made from has changed, and one changed file is one file compiled.
 *
 * The cache: builds/ID (kbuild's folder, and what was compiled in it), objects/HASH.o, trees/KEY (module.wasm, manifest.json).
 */

import type { Host, Progress } from "../host.ts";
import { CONTRACT, type ModuleSpec, type SliceFile } from "../modules/index.ts";
import type { ImportType } from "../runtime/guest-port.ts";
import { configFragment } from "./config.ts";
import { changedFiles, type Dependency, fingerprint, parseCmd } from "./dependencies.ts";
import { badForKbuild, unusableCache } from "./errors.ts";
import { cmdFile, compileGlue, entryPoints } from "./glue.ts";
import { findPlaces } from "./places.ts";
import { compileSlice, configure, forgetConfiguration, kconfigFiles, recompile, sliceOf } from "./kbuild.ts";
import { GUEST_FOLDER } from "../lower/module.ts";
import { checkImports, link } from "./link.ts";
import { lowerMemory64 } from "./memory64.ts";
import { codeVersion, glueVersion, type IrFile, makeObjects } from "./objects.ts";
import { SERVICES } from "../services/table.ts";
import { inspectSource, type Source } from "./source.ts";
import { findToolchain, type Toolchain } from "./toolchain.ts";
import { Units } from "./units.ts";

/** Changes when the meaning of a cache entry does. */
const FORMAT = 5;
/** Not a file: the configuration, as something that is made from the Kconfig files. */
const CONFIGURATION = "(configuration)";

export interface Manifest {
  readonly format: number;
  readonly key: string;
  /** Which module of it: the name of a `ModuleSpec`. */
  readonly module: string;
  /** The folder that it was made from. */
  readonly source: string;
  /** "6.12.117". */
  readonly release: string;
  readonly compiler: string;
  readonly files: readonly SliceFile[];
  readonly imports: readonly ImportType[];
  readonly wasmBytes: number;
  /** SHA-256 of module.wasm. */
  readonly wasmHash: string;
  /** Where functions that reports name are defined: "kernel/dma/direct.c:206". */
  readonly places: Readonly<Record<string, string>>;
}

export interface PreparedTree {
  readonly key: string;
  /** The entry in the cache. */
  readonly directory: string;
  readonly wasmPath: string;
  readonly manifest: Manifest;
  /** True where nothing had to be made. */
  readonly cached: boolean;
}

export interface PrepareOptions {
  readonly cacheDirectory: string;
  readonly progress?: Progress;
  /** Which module; the contract's by default. */
  readonly module?: ModuleSpec;
}

/** What made a tree besides its source: another cbit, or another compiler, makes it anew. */
interface MadeBy {
  /** That of cbit's code (`codeVersion`). */
  readonly code: string;
  /** That of the module's C glue (`glueVersion`). */
  readonly glue: string;
  readonly compiler: string;
}

interface State extends MadeBy {
  readonly format: number;
  readonly key: string;
  readonly dependencies: readonly Dependency[];
}

/** What is being made, and where. */
interface Job {
  readonly host: Host;
  readonly source: Source;
  readonly module: ModuleSpec;
  readonly tools: Toolchain;
  readonly cacheDirectory: string;
  readonly progress: Progress;
  /** kbuild's folder. */
  readonly build: string;
  readonly by: MadeBy;
}

/** How the names of the build folders of a source begin. The folder's path decides: other folders have other builds. */
export function buildPrefix(host: Host, path: string): string {
  return `${host.hash(path).slice(0, 16)}-`;
}

/** Reads an entry of the cache; null where there is none, another version made it, or the disk lost a part of it. */
export async function openTree(host: Host, cacheDirectory: string, key: string, cached: boolean): Promise<PreparedTree | null> {
  const directory = `${cacheDirectory}/trees/${key}`;
  const wasmPath = `${directory}/module.wasm`;
  try {
    const manifest = JSON.parse(await host.readText(`${directory}/manifest.json`)) as Manifest;
    if (manifest.format !== FORMAT || host.hash(await host.readBytes(wasmPath)) !== manifest.wasmHash) return null;
    return { key, directory, wasmPath, manifest, cached };
  } catch {
    return null;
  }
}

/**
 * Makes a module from the kernel source at `path`, or finds the one that was made from the same contents.
 * @throws CbitError: exit 3 (the tree), 5 (something in it that cbit does not know), 6 (missing programs)
 */
export async function prepareTree(host: Host, path: string, options: PrepareOptions): Promise<PreparedTree> {
  const { cacheDirectory, module = CONTRACT, progress = (): void => undefined } = options;
  const source = await inspectSource(host, path);
  const bad = badForKbuild(cacheDirectory);
  if (bad !== null) throw unusableCache(`cannot build in ${cacheDirectory}: kbuild cannot work in a folder with ${bad} in its path`);
  const tools = await findToolchain(host);
  const configuration = host.hash(`${FORMAT}${configFragment()}${tools.version}`).slice(0, 8);
  const build = `${cacheDirectory}/builds/${buildPrefix(host, source.path)}${configuration}`;
  progress("check");
  const by: MadeBy = { code: await codeVersion(host), glue: await glueVersion(host, module), compiler: tools.version };
  const job: Job = { host, source, module, tools, cacheDirectory, progress, build, by };
  const found = await reuse(job);
  if (found !== null) return found;
  await host.makeDirectory(`${cacheDirectory}/builds`);
  const unlock = await host.lock(`${build}.lock`);
  try {
    // Another process may have made it while this one waited.
    return (await reuse(job)) ?? (await make(job));
  } finally {
    await unlock();
  }
}

/** Where the last success of a module is noted; other checkouts of cbit have files of their own. */
function stateFile({ host, module, build, by }: Job): string {
  return `${build}/cbit-state-${module.name}-${host.hash([by.code, by.glue, host.guestDirectory].join("\n")).slice(0, 8)}.json`;
}

async function reuse(job: Job): Promise<PreparedTree | null> {
  const { host, cacheDirectory, by } = job;
  let state: State;
  try {
    state = JSON.parse(await host.readText(stateFile(job))) as State;
  } catch {
    return null;
  }
  if (state.format !== FORMAT || state.code !== by.code || state.glue !== by.glue || state.compiler !== by.compiler) return null;
  const tree = await openTree(host, cacheDirectory, state.key, true);
  return tree !== null && (await changedFiles(host, state.dependencies)).length === 0 ? tree : null;
}

async function make(job: Job): Promise<PreparedTree> {
  const { host, source, module, tools, cacheDirectory, progress, build, by } = job;
  const slice = await sliceOf(host, source, module);
  const units = await compile(job, slice);
  const glue = await compileGlue(host, source, build, module);
  const irs: IrFile[] = await Promise.all(slice.map(async (s) => ({ name: `${s.file}.c`, ir: await host.readText(`${build}/${s.file}.ll`) })));
  for (const g of glue) irs.push({ name: `${GUEST_FOLDER}${g.name}`, ir: g.ir });

  const objects = await makeObjects(host, irs, `${cacheDirectory}/objects`, by.code, tools, progress);
  progress("link");
  const exports = entryPoints(glue);
  const names = objects.map((o) => o.slice(o.lastIndexOf("/") + 1));
  const key = host.hash([FORMAT, host.toolVersion, module.name, source.release, tools.version, ...exports, ...names].join("\n")).slice(0, 32);
  let tree = await openTree(host, cacheDirectory, key, false);
  if (tree === null || tree.manifest.imports.some((i) => !SERVICES.has(i.name))) {
    await publish(job, key, slice, objects, exports, irs);
    tree = (await openTree(host, cacheDirectory, key, false))!;
  }
  const known = units.dependenciesOf([CONFIGURATION, ...slice.map((s) => s.file)]);
  const paths = new Set(known.map((d) => d.path));
  const ofGlue = await fingerprint(host, glue.flatMap((g) => g.files).filter((path) => !paths.has(path)));
  const state: State = { format: FORMAT, ...by, key, dependencies: [...known, ...ofGlue] };
  await host.write(`${stateFile(job)}.new`, JSON.stringify(state));
  await host.rename(`${stateFile(job)}.new`, stateFile(job));
  return tree;
}

/** Brings the IR of the slice up to date. What has changed and is not in it is noted, for who needs that. */
async function compile(job: Job, slice: readonly SliceFile[]): Promise<Units> {
  const { host, source, tools, progress, build } = job;
  const record = `${build}/cbit-units.json`;
  let units = await Units.open(host, record, `${FORMAT}`);
  const changed = await units.refresh();
  if (units.has(CONFIGURATION) && !units.isCurrent(CONFIGURATION)) await forgetConfiguration(host, build);
  // A new configuration begins with an empty folder.
  if (await configure(host, source, build, tools, progress)) units = await Units.open(host, record, `${FORMAT}`);
  const present = await Promise.all(slice.map((s) => host.stat(`${build}/${s.file}.ll`)));
  const todo = slice.filter((s, i) => present[i] === null || !units.isCurrent(s.file));
  if (todo.length > 0) {
    const makefiles = changed.some((path) => !/\.[ch]$/.test(path) || path.startsWith(`${build}/`));
    const saved = todo.every((s) => units.has(s.file)) && !makefiles && (await host.stat(`${build}/.cbit-busy`)) === null;
    await (saved ? recompile(host, source, build, todo, progress) : compileSlice(host, source, build, tools, todo, progress));
  }
  const common = [`${source.path}/Makefile`, `${source.path}/arch/x86/Makefile`, `${build}/.config`];
  const compiled = todo.map(async ({ file }) => {
    const { files } = parseCmd(await host.readText(cmdFile(build, file)));
    const makefile = `${source.path}/${file.slice(0, file.lastIndexOf("/"))}/Makefile`;
    return { unit: file, reads: [...common, makefile, ...files.map((f) => (f.startsWith("/") ? f : `${build}/${f}`))] };
  });
  const kconfig = units.has(CONFIGURATION) ? [] : [{ unit: CONFIGURATION, reads: await kconfigFiles(host, source, build) }];
  await units.compiled([...kconfig, ...(await Promise.all(compiled))]);
  return units;
}

async function publish(job: Job, key: string, slice: readonly SliceFile[], objects: readonly string[], exports: readonly string[], irs: readonly IrFile[]): Promise<void> {
  const { host, source, module, tools, cacheDirectory } = job;
  const fresh = `${cacheDirectory}/trees/.new-${host.uniqueName()}`;
  await host.makeDirectory(fresh);
  try {
    await link(host, source, objects, exports, `${fresh}/linked.wasm`, tools);
    const { wasm, imports } = await lowerMemory64(await host.readBytes(`${fresh}/linked.wasm`));
    checkImports(source, imports, irs);
    await host.remove(`${fresh}/linked.wasm`);
    await host.write(`${fresh}/module.wasm`, wasm);
    const manifest: Manifest = {
      format: FORMAT,
      key,
      module: module.name,
      source: source.path,
      release: source.release,
      compiler: tools.version,
      files: slice,
      imports,
      wasmBytes: wasm.length,
      wasmHash: host.hash(wasm),
      places: await findPlaces(host, source, irs),
    };
    await host.write(`${fresh}/manifest.json`, `${JSON.stringify(manifest, null, 1)}\n`);
    await host.remove(`${cacheDirectory}/trees/${key}`);
    await host.rename(fresh, `${cacheDirectory}/trees/${key}`);
  } finally {
    await host.remove(fresh);
  }
}
