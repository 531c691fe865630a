// SPDX-License-Identifier: MIT
/** `--kernel tree:PATH`: the modules of a kernel source folder, prepared first where they are not. */

import { readFile } from "node:fs/promises";
import type { KernelFactory } from "../kernel/index.ts";
import { createTreeFactory, type PatchedTree, type PatchOutcome, prepareModules, type WantedKernels } from "../tree/index.ts";
import { writableCache } from "./cache.ts";
import type { Context } from "./context.ts";
import { createHost } from "./host.ts";
import { treeProgress } from "./tree-progress.ts";
import { formatTreeSpec, patchPath, type TreeSpec } from "./tree-spec.ts";
import { version } from "./version.ts";

/** A tree's factory, and what became of its patches. */
export interface TreeKernels {
  readonly factory: KernelFactory;
  /** Null where there are none. */
  readonly patched: PatchOutcome | null;
}

/**
 * The factory of a kernel source folder. Its name has absolute paths, so that ids and tokens work from any folder.
 * @param wanted what kernels are made for
 * @throws CbitError: exit 3 (the tree, or a patch that does not apply), 5 (something in it that cbit does not know), 6 (missing programs)
 */
export async function treeKernels(spec: TreeSpec, wanted: WantedKernels, context: Context): Promise<TreeKernels> {
  const patches = spec.patches.map(patchPath);
  const host = createHost(version());
  const options = { cacheDirectory: writableCache(process.env), progress: treeProgress(context), patches };
  const { trees, left } = await prepareModules(host, spec.path, options, wanted);
  context.progress("");
  const [first, ...others] = await Promise.all(trees.map(async ({ wasmPath, manifest }) => ({ bytes: await readFile(wasmPath), manifest })));
  const factory = createTreeFactory(formatTreeSpec({ path: spec.path, patches }), first!.bytes, first!.manifest, others, left);
  return { factory, patched: mergedOutcome(trees) };
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
