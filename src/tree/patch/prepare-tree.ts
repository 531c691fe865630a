// SPDX-License-Identifier: MIT
/** Prepares a tree as it is or with patches: in the tree's own build where that suffices, else in a copy of the tree. */

import { CbitError } from "../../base/index.ts";
import { CONFIGURATION, type Job, type SourceOptions, startJob } from "../build/job.ts";
import { openUnits } from "../build/compile.ts";
import { parseCmd } from "../build/dependencies.ts";
import { runSaved, sliceOf } from "../build/kbuild.ts";
import { finishJob, type PreparedTree, prepareSource } from "../build/prepare.ts";
import type { Host } from "../host.ts";
import { type AppliedPatch, applyPatches, type Patched } from "./apply.ts";
import { copyFolder, copyTree } from "./copy-tree.ts";
import { addedFiles, grownMakefiles } from "./added-files.ts";
import { glueReads } from "../build/glue.ts";
import { compilerOverlay, needsCopy, type Overlay, patchedHost } from "./overlay.ts";

export interface PrepareOptions extends SourceOptions {
  /** Patches to apply, in this order: absolute paths of mboxes and diffs. The tree is prepared without them first. */
  readonly patches?: readonly string[];
}

/** What patches came to. */
export interface PatchOutcome {
  readonly patches: readonly AppliedPatch[];
  /** Files that differ, within the tree, sorted. */
  readonly files: readonly string[];
  /** Files of the module that were compiled for the patches, without ".c", and files of the glue; none: the module is the tree's own. */
  readonly compiled: readonly string[];
  /** The file for which the tree had to be copied and built anew; null where that was not needed. */
  readonly copiedFor: string | null;
}

export interface PatchedTree extends PreparedTree {
  /** Null where there are no patches. */
  readonly patched: PatchOutcome | null;
  /** The tree without patches. */
  readonly base: PreparedTree;
}

/**
 * Makes a module from the kernel source at `path`, or finds the one that was made from the same contents.
 * @throws CbitError: exit 3 (the tree, or a patch that does not apply), 5 (something that cbit does not know), 6 (missing programs)
 */
export async function prepareTree(host: Host, path: string, options: PrepareOptions): Promise<PatchedTree> {
  const base = await prepareSource(host, path, options);
  const { patches = [], cacheDirectory } = options;
  if (patches.length === 0) return { ...base, patched: null, base };
  const job = await startJob(host, path, options);
  const { source, build, module } = job;
  const patched = await applyPatches(host, source, patches, cacheDirectory);
  const files = Object.keys(patched.changes).sort();
  const outcome = (compiled: readonly string[], copiedFor: string | null): PatchOutcome => ({ patches: patched.patches, files, compiled, copiedFor });
  const patchedBy = patches.map((p) => p.slice(p.lastIndexOf("/") + 1)).join(", ");

  const withPatches = patchedHost(host, source.path, patched);
  const slice = (await sliceOf(withPatches, source, module)).map((s) => s.file);
  const units = await openUnits(host, build);
  const reads = new Map([...slice.map((file) => [file, units.readsOf(file)] as const), ...(await glueReads(host, build, module))]);
  const all = new Set([...reads.values(), units.readsOf(CONFIGURATION)].flat());
  const out = `${patched.folder}/${build.slice(build.lastIndexOf("/") + 1)}`;
  const compiled = new Set(slice.filter((file) => units.has(file)));
  const added = addedFiles(patched, slice, compiled);
  const grown = await grownMakefiles(host, withPatches, source.path, patched, [...added.keys()]);
  const overlay = await compilerOverlay(host, source.path, patched, out, grown);
  const reason = needsCopy(source.path, patched.changes, { slice, compiled, reads: all, grown, neighbours: new Set(added.keys()) }) ?? (await generatesOther({ ...job, host: withPatches, patchedBy }, overlay));
  if (reason !== null) return { ...(await prepareCopy(host, job, patched, patchedBy, options)), patched: outcome(slice, reason), base };
  const affected = [...reads].filter(([name, list]) => added.has(name) || overlay.affects(list)).map(([name]) => name);
  if (affected.length === 0) return { ...base, patched: outcome([], null), base };
  return { ...(await finishJob({ ...job, host: withPatches, overlay, patchedBy, added })), patched: outcome(affected, null), base };
}

/** What kbuild makes headers of before it compiles anything. Ref: Kbuild, bounds-file and offsets-file. */
const generators = ({ arch }: Job): string[] => ["kernel/bounds.s", `${arch.folder}/kernel/asm-offsets.s`];
/** The lines that end up in the header. Ref: include/linux/kbuild.h. */
const definitions = (assembly: string): string => assembly.split("\n").filter((line) => line.includes("->")).join("\n");

/** The file of those that headers are generated from which comes out otherwise; null where none does. */
async function generatesOther(job: Job, overlay: Overlay): Promise<string | null> {
  const { host, build } = job;
  for (const target of generators(job)) {
    const slash = target.lastIndexOf("/");
    const cmd = `${build}/${target.slice(0, slash)}/.${target.slice(slash + 1)}.cmd`;
    const { files } = parseCmd(await host.readText(cmd).catch(() => ""));
    if (!overlay.affects(files)) continue;
    const out = `${overlay.out}/${target}`;
    await host.makeDirectory(out.slice(0, out.lastIndexOf("/")));
    await runSaved(job, cmd, { out, options: overlay.options });
    if (definitions(await host.readText(out)) !== definitions(await host.readText(`${build}/${target}`))) return target.replace(/s$/, "c");
  }
  return null;
}

/** Prepares a copy of the tree that has the patches. */
async function prepareCopy(host: Host, { source }: Job, patched: Patched, patchedBy: string, options: SourceOptions): Promise<PreparedTree> {
  const { progress = (): void => undefined } = options;
  const copy = copyFolder(host, source, patched, options.cacheDirectory);
  await host.makeDirectory(`${options.cacheDirectory}/copies`);
  const unlock = await host.lock(`${copy.slice(0, copy.lastIndexOf("/"))}.lock`);
  try {
    progress("copy");
    await copyTree(host, source, patched, copy);
    return await prepareSource(host, copy, { ...options, copyOf: { path: source.path, patchedBy } });
  } catch (error) {
    if (!(error instanceof CbitError)) throw error;
    const { code, exit, hint } = error;
    const message = error.message.replaceAll(`tree ${copy}`, `tree ${source.path} with ${patchedBy}`).replaceAll(copy, source.path);
    throw new CbitError({ code, exit, message, ...(hint === undefined ? {} : { hint: hint.replaceAll(copy, source.path) }), cause: error });
  } finally {
    await unlock();
  }
}
