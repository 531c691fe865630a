// SPDX-License-Identifier: MIT
/**
 * From a kernel source to a module. Everything is kept by contents: a prepared tree is found again without running
 * make as long as nothing that it was made from has changed, and one changed file is one file compiled.
 *
 * The cache: builds/ID (kbuild's folder, and what was compiled in it), objects/HASH.o, trees/KEY (module.wasm, manifest.json).
 */

import type { Host } from "../host.ts";
import type { SliceFile } from "../modules/index.ts";
import { compilePatched } from "../patch/compile.ts";
import type { ImportType } from "../runtime/guest-port.ts";
import { compile } from "./compile.ts";
import { changedFiles, type Dependency } from "./dependencies.ts";
import { driverFiles } from "./drivers.ts";
import { compileGlue } from "./glue.ts";
import { FORMAT, type Job, type MadeBy, ownFile, type SourceOptions, startJob, stateFile } from "./job.ts";
import { findPlaces } from "./places.ts";
import { sliceOf } from "./kbuild.ts";
import { GUEST_FOLDER } from "../lower/module.ts";
import { checkImports, link } from "./link.ts";
import { loadBinaryen, lowerMemory64 } from "./memory64.ts";
import { type IrFile, makeObjects } from "./objects.ts";
import { serviceOf } from "../services/table.ts";

export interface Manifest {
  readonly format: number;
  readonly key: string;
  /** Which module of it: the name of a `ModuleSpec`. */
  readonly module: string;
  /** The folder that it was made from. */
  readonly source: string;
  /** Names of the patches that it has; "" without any. */
  readonly patchedBy: string;
  /** "6.12.117". */
  readonly release: string;
  readonly compiler: string;
  readonly files: readonly SliceFile[];
  /** The DRM drivers' C files (`driverFiles`). */
  readonly drivers: readonly string[];
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

interface State extends MadeBy {
  readonly format: number;
  readonly key: string;
  readonly dependencies: readonly Dependency[];
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
 * Makes a module from the kernel source at `path` as it is, or finds the one that was made from the same contents.
 * @throws CbitError: exit 3 (the tree), 5 (something in it that cbit does not know), 6 (missing programs)
 */
export async function prepareSource(host: Host, path: string, options: SourceOptions): Promise<PreparedTree> {
  return finishJob(await startJob(host, path, options));
}

/** Makes the module of a job, or finds the one that was made from the same contents. @throws CbitError, as `prepareSource` does */
export async function finishJob(job: Job): Promise<PreparedTree> {
  const before = await readState(job);
  const found = await reuse(job, before);
  if (found !== null) return found;
  // Needed at the end, if anything changed: it can be loaded while compilers run.
  loadBinaryen();
  await job.host.makeDirectory(`${job.cacheDirectory}/builds`);
  const unlock = await job.host.lock(`${job.build}.lock`);
  try {
    // Another process may have made it while this one waited.
    const now = await readState(job);
    return (now === before ? null : await reuse(job, now)) ?? (await make(job));
  } finally {
    await unlock();
  }
}

/** What was noted at the last success; "" where nothing was. */
function readState(job: Job): Promise<string> {
  return job.host.readText(stateFile(job)).catch(() => "");
}

async function reuse(job: Job, noted: string): Promise<PreparedTree | null> {
  const { host, cacheDirectory, by } = job;
  let state: State;
  try {
    state = JSON.parse(noted) as State;
  } catch {
    return null;
  }
  if (state.format !== FORMAT || state.code !== by.code || state.glue !== by.glue || state.compiler !== by.compiler) return null;
  const tree = await openTree(host, cacheDirectory, state.key, true);
  return tree !== null && (await changedFiles(host, state.dependencies)).length === 0 ? tree : null;
}

async function make(job: Job): Promise<PreparedTree> {
  const { host, source, module, tools, cacheDirectory, progress, build, by, overlay } = job;
  const files = await sliceOf(host, source, module);
  const compiled = overlay === null ? await compile(job, files) : await compilePatched(job, overlay, files);
  const { slice } = compiled;
  const glue = await compileGlue(host, source, build, module, overlay);
  const irs: IrFile[] = [
    ...slice.map((s) => ({ name: `${s.file}.c`, path: compiled.irOf(s.file) })),
    ...glue.files.map((g) => ({ name: `${GUEST_FOLDER}${g.name}`, path: g.path })),
  ];
  const records = [build, ...(overlay === null ? [] : [overlay.out])].map((folder) => ownFile(job, folder, "objects"));
  const objects = await makeObjects(host, source, irs, `${cacheDirectory}/objects`, by.code, tools, progress, records);
  progress("link");
  const exports = objects.slice(slice.length).flatMap((o) => o.defines.filter((name) => name.startsWith("cbit_"))).sort();
  const places = await findPlaces(host, source, irs.map(({ name }, i) => ({ name, defines: objects[i]!.defines })));
  const drivers = await driverFiles(host, source);
  const names = objects.map((o) => o.object);
  const key = host.hash([FORMAT, host.toolVersion, module.name, source.release, tools.version, ...(module.wraps ?? []), ...exports, ...names, JSON.stringify(places), ...drivers].join("\n")).slice(0, 32);
  let tree = await openTree(host, cacheDirectory, key, false);
  if (tree === null || tree.manifest.imports.some((i) => serviceOf(i.name, module.name) === undefined)) {
    await publish(job, key, slice, names, exports, irs, { places, drivers });
    tree = (await openTree(host, cacheDirectory, key, false))!;
  }
  const dependencies = new Map([...glue.dependencies, ...compiled.dependencies].map((d) => [d.path, d]));
  const state: State = { format: FORMAT, ...by, key, dependencies: [...dependencies.values()] };
  await host.write(`${stateFile(job)}.new`, JSON.stringify(state));
  await host.rename(`${stateFile(job)}.new`, stateFile(job));
  return tree;
}

async function publish(job: Job, key: string, slice: readonly SliceFile[], objects: readonly string[], exports: readonly string[], irs: readonly IrFile[], found: Pick<Manifest, "places" | "drivers">): Promise<void> {
  const { host, source, module, tools, cacheDirectory } = job;
  const fresh = `${cacheDirectory}/trees/.new-${host.uniqueName()}`;
  await host.makeDirectory(fresh);
  try {
    await link(host, source, objects.map((o) => `${cacheDirectory}/objects/${o}`), exports, `${fresh}/linked.wasm`, tools, job.arch.globalBase, module.wraps);
    const { wasm, imports } = await lowerMemory64(await host.readBytes(`${fresh}/linked.wasm`));
    await checkImports(host, source, module.name, imports, irs);
    await host.remove(`${fresh}/linked.wasm`);
    await host.write(`${fresh}/module.wasm`, wasm);
    const manifest: Manifest = {
      format: FORMAT,
      key,
      module: module.name,
      source: job.named,
      patchedBy: job.patchedBy,
      release: source.release,
      compiler: tools.version,
      files: slice,
      imports,
      wasmBytes: wasm.length,
      wasmHash: host.hash(wasm),
      ...found,
    };
    await host.write(`${fresh}/manifest.json`, `${JSON.stringify(manifest, null, 1)}\n`);
    await host.remove(`${cacheDirectory}/trees/${key}`);
    await host.rename(fresh, `${cacheDirectory}/trees/${key}`);
  } finally {
    await host.remove(fresh);
  }
}
