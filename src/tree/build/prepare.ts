// SPDX-License-Identifier: MIT
/**
 * From a kernel source to a module. Everything is kept by contents: a prepared tree is found again without running
 * make as long as nothing that it was made from has changed, and one changed file is one file compiled.
 *
 * The cache: builds/ID (kbuild's folder and state.json), objects/HASH.o, trees/KEY (module.wasm, manifest.json).
 */

import type { Host, Progress } from "../host.ts";
import type { ImportType } from "../runtime/guest.ts";
import type { SliceFile } from "../slice.ts";
import { changedFiles, type Dependency, fingerprint, parseCmd } from "./dependencies.ts";
import { badForKbuild, unusableCache } from "./errors.ts";
import { cmdFile, compileGlue, entryPoints } from "./glue.ts";
import { findPlaces } from "./places.ts";
import { compileSlice, configure, forgetConfiguration, kconfigFiles, recompile, sliceOf } from "./kbuild.ts";
import { GUEST_FOLDER } from "../lower/module.ts";
import { checkImports, link } from "./link.ts";
import { lowerMemory64 } from "./memory64.ts";
import { codeVersion, glueVersion, type IrFile, makeObjects } from "./objects.ts";
import { inspectSource, type Source } from "./source.ts";
import { findToolchain, type Toolchain } from "./toolchain.ts";

/** Changes when the meaning of a cache entry does. */
const FORMAT = 4;
/** Names the files that were compiled since the last success. */
const PENDING = "cbit-pending.json";

export interface Manifest {
  readonly format: number;
  readonly key: string;
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
}

/** What made a tree besides its source: another cbit, or another compiler, makes it anew. */
interface MadeBy {
  /** That of cbit's code (`codeVersion`). */
  readonly code: string;
  /** That of the C glue (`glueVersion`). */
  readonly glue: string;
  readonly compiler: string;
}

interface State extends MadeBy {
  readonly format: number;
  /** Where the glue was when it was compiled. */
  readonly guestDirectory: string;
  readonly key: string;
  readonly dependencies: readonly Dependency[];
}

/** Where the builds of a source are. The folder's path decides: other folders have other builds. */
export function buildDirectory(host: Host, cacheDirectory: string, path: string): string {
  return `${cacheDirectory}/builds/${host.hash(path).slice(0, 16)}`;
}

async function readState(host: Host, build: string): Promise<State | null> {
  try {
    return JSON.parse(await host.readText(`${build}/cbit-state.json`)) as State;
  } catch {
    return null;
  }
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
  const progress = options.progress ?? ((): void => undefined);
  const source = await inspectSource(host, path);
  const bad = badForKbuild(options.cacheDirectory);
  if (bad !== null) throw unusableCache(`cannot build in ${options.cacheDirectory}: kbuild cannot work in a folder with ${bad} in its path`);
  const tools = await findToolchain(host);
  const build = buildDirectory(host, options.cacheDirectory, source.path);
  progress("check");
  const by: MadeBy = { code: await codeVersion(host), glue: await glueVersion(host), compiler: tools.version };
  const found = await reuse(host, options.cacheDirectory, build, by);
  if (found !== null) return found;
  await host.makeDirectory(`${options.cacheDirectory}/builds`);
  const unlock = await host.lock(`${build}.lock`);
  try {
    // Another process may have made it while this one waited.
    return (await reuse(host, options.cacheDirectory, build, by)) ?? (await make(host, source, build, tools, by, options.cacheDirectory, progress));
  } finally {
    await unlock();
  }
}

async function reuse(host: Host, cacheDirectory: string, build: string, by: MadeBy): Promise<PreparedTree | null> {
  const state = await readState(host, build);
  if (state === null || state.format !== FORMAT) return null;
  if (state.code !== by.code || state.glue !== by.glue || state.compiler !== by.compiler) return null;
  const tree = await openTree(host, cacheDirectory, state.key, true);
  return tree !== null && (await changedFiles(host, state.dependencies)).length === 0 ? tree : null;
}

async function make(host: Host, source: Source, build: string, tools: Toolchain, by: MadeBy, cacheDirectory: string, progress: Progress): Promise<PreparedTree> {
  const slice = await sliceOf(host, source);
  if (await kconfigChanged(host, build)) await forgetConfiguration(host, build);
  await configure(host, source, build, tools, progress);
  const { outdated, changed } = await outdatedFiles(host, build, slice, by.code);
  await host.write(`${build}/${PENDING}`, JSON.stringify(outdated.map((s) => s.file)));
  if (outdated.length < slice.length) await recompile(host, source, build, outdated, progress);
  else await compileSlice(host, source, build, tools, slice, progress);
  const glue = await compileGlue(host, source, build, changed);
  const irs: IrFile[] = await Promise.all(slice.map(async (s) => ({ name: `${s.file}.c`, ir: await host.readText(`${build}/${s.file}.ll`) })));
  for (const g of glue) irs.push({ name: `${GUEST_FOLDER}${g.name}`, ir: g.ir });

  const objects = await makeObjects(host, irs, `${cacheDirectory}/objects`, by.code, tools, progress);
  progress("link");
  const exports = entryPoints(glue);
  const key = host.hash([FORMAT, host.toolVersion, source.release, tools.version, ...exports, ...objects.map((o) => o.slice(o.lastIndexOf("/") + 1))].join("\n")).slice(0, 32);
  let tree = await openTree(host, cacheDirectory, key, false);
  if (tree === null) {
    await publish(host, source, tools, cacheDirectory, key, slice, objects, exports, irs);
    tree = (await openTree(host, cacheDirectory, key, false))!;
  }
  const dependencies = await fingerprint(host, await dependencyPaths(host, source, build, slice, glue.flatMap((g) => g.files)));
  const state: State = { format: FORMAT, ...by, guestDirectory: host.guestDirectory, key, dependencies };
  await host.write(`${build}/cbit-state.json.new`, JSON.stringify(state));
  await host.rename(`${build}/cbit-state.json.new`, `${build}/cbit-state.json`);
  await host.remove(`${build}/${PENDING}`);
  return tree;
}

/** True where other options may come out of the Kconfig files than those that the build has. */
async function kconfigChanged(host: Host, build: string): Promise<boolean> {
  const dependencies = (await readState(host, build))?.dependencies ?? [];
  return (await changedFiles(host, dependencies.filter((d) => /\/Kconfig[^/]*$/.test(d.path)))).length > 0;
}

/**
 * The files of the slice that have to be compiled: those that read what changed since the last success, and those that
 * were compiled after it. All of them where the build's own files changed. `changed`: which files did; null where all of
 * the glue has to be compiled, because that is not known or another cbit compiled it.
 */
async function outdatedFiles(host: Host, build: string, slice: readonly SliceFile[], code: string): Promise<{ outdated: readonly SliceFile[]; changed: ReadonlySet<string> | null }> {
  const state = await readState(host, build);
  if (state === null) return { outdated: slice, changed: null };
  const changed = new Set(await changedFiles(host, state.dependencies));
  if ([...changed].some((path) => !/\.[ch]$/.test(path) || path.startsWith(`${build}/`))) return { outdated: slice, changed: null };
  const pending = new Set(JSON.parse(await host.readText(`${build}/${PENDING}`).catch(() => "[]")) as string[]);
  const reads = await Promise.all(
    slice.map(async ({ file }) => {
      if (pending.has(file) || (await host.stat(`${build}/${file}.ll`)) === null) return true;
      const { files } = parseCmd(await host.readText(cmdFile(build, file)).catch(() => ""));
      return files.length === 0 || files.some((f) => changed.has(f.startsWith("/") ? f : `${build}/${f}`));
    }),
  );
  // An attempt that failed may have compiled the glue with contents that are gone: then all of it is.
  const sameGlue = pending.size === 0 && state.code === code && state.guestDirectory === host.guestDirectory;
  return { outdated: slice.filter((_, i) => reads[i]), changed: sameGlue ? changed : null };
}

async function publish(
  host: Host,
  source: Source,
  tools: Toolchain,
  cacheDirectory: string,
  key: string,
  slice: readonly SliceFile[],
  objects: readonly string[],
  exports: readonly string[],
  irs: readonly IrFile[],
): Promise<void> {
  const fresh = `${cacheDirectory}/trees/.new-${host.uniqueName()}`;
  await host.makeDirectory(fresh);
  try {
    await link(host, source, objects, exports, `${fresh}/linked.wasm`, tools);
    const { wasm, imports } = await lowerMemory64(await host.readBytes(`${fresh}/linked.wasm`));
    checkImports(source, imports, irs);
    await host.remove(`${fresh}/linked.wasm`);
    await host.write(`${fresh}/module.wasm`, wasm);
    const manifest: Manifest = { format: FORMAT, key, source: source.path, release: source.release, compiler: tools.version, files: slice, imports, wasmBytes: wasm.length, wasmHash: host.hash(wasm), places: await findPlaces(host, source, irs) };
    await host.write(`${fresh}/manifest.json`, `${JSON.stringify(manifest, null, 1)}\n`);
    await host.remove(`${cacheDirectory}/trees/${key}`);
    await host.rename(fresh, `${cacheDirectory}/trees/${key}`);
  } finally {
    await host.remove(fresh);
  }
}

/** Sources, headers and the makefiles that name them. */
async function dependencyPaths(host: Host, source: Source, build: string, slice: readonly SliceFile[], glueFiles: readonly string[]): Promise<string[]> {
  const paths = [`${source.path}/Makefile`, `${source.path}/arch/x86/Makefile`, `${build}/.config`, ...(await kconfigFiles(host, source, build)), ...glueFiles];
  for (const { file } of slice) {
    paths.push(`${source.path}/${file.slice(0, file.lastIndexOf("/"))}/Makefile`);
    const { files } = parseCmd(await host.readText(cmdFile(build, file)));
    for (const f of files) paths.push(f.startsWith("/") ? f : `${build}/${f}`);
  }
  return paths;
}
