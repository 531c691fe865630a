// SPDX-License-Identifier: MIT
/** `--kernel tree:PATH`: the modules of a kernel source folder, prepared first where they are not. */

import { readFile } from "node:fs/promises";
import type { KernelFactory } from "../kernel/index.ts";
import { createTreeFactory, type PatchedTree, type PatchOutcome, type PreparedTree, prepareModules, statsOnce, type WantedKernels } from "../tree/index.ts";
import { writableCache } from "./cache.ts";
import type { Context } from "./context.ts";
import { createHost } from "./host.ts";
import { treeProgress } from "./tree-progress.ts";
import { formatTreeSpec, patchPath, type TreeSpec } from "./tree-spec.ts";
import { version } from "./version.ts";

/** A tree's factory, and what became of its patches. */
export interface TreeKernels {
  readonly factory: KernelFactory;
  /** The tree without its patches. */
  readonly base: KernelFactory;
  /** Null where there are none. */
  readonly patched: PatchOutcome | null;
}

const OUTCOMES = new WeakMap<KernelFactory, PatchOutcome>();

/** What became of the patches of a tree's factory; null where there are none. */
export function patchOutcome(factory: KernelFactory): PatchOutcome | null {
  return OUTCOMES.get(factory) ?? null;
}

/**
 * The factory of a kernel source folder. Its name has absolute paths, so that ids and tokens work from any folder.
 * @param wanted what kernels are made for
 * @throws CbitError: exit 3 (the tree, or a patch that does not apply), 5 (something in it that cbit does not know), 6 (missing programs)
 */
export async function treeKernels(spec: TreeSpec, wanted: WantedKernels, context: Pick<Context, "progress">): Promise<TreeKernels> {
  const patches = spec.patches.map(patchPath);
  const cacheDirectory = writableCache(process.env);
  const host = statsOnce(createHost(version()), cacheDirectory);
  const options = { cacheDirectory, progress: treeProgress(context), patches };
  const { trees, left } = await prepareModules(host, spec.path, options, wanted);
  context.progress("");
  const factoryOf = async (name: string, of: (t: PatchedTree) => PreparedTree): Promise<KernelFactory> => {
    const [first, ...others] = await Promise.all(trees.map(async (t) => ({ bytes: await readFile(of(t).wasmPath), manifest: of(t).manifest })));
    return createTreeFactory(name, first!.bytes, first!.manifest, others, left);
  };
  const factory = await factoryOf(formatTreeSpec({ path: spec.path, patches }), (t) => t);
  const base = patches.length === 0 ? factory : await factoryOf(formatTreeSpec({ path: spec.path, patches: [] }), (t) => t.base);
  const patched = mergedOutcome(trees);
  if (patched !== null) OUTCOMES.set(factory, patched);
  return { factory, base, patched };
}

/** What became of patches in all modules. */
function mergedOutcome(trees: readonly PatchedTree[]): PatchOutcome | null {
  const outcomes = trees.flatMap((t) => t.patched ?? []);
  if (outcomes.length === 0) return null;
  const compiled = [...new Set(outcomes.flatMap((o) => o.compiled))];
  return { ...outcomes[0]!, compiled, copiedFor: outcomes.find((o) => o.copiedFor !== null)?.copiedFor ?? null };
}

/** The factory alone. @throws CbitError as `treeKernels` does */
export async function treeFactory(spec: TreeSpec, wanted: WantedKernels, context: Context): Promise<KernelFactory> {
  return (await treeKernels(spec, wanted, context)).factory;
}
