// SPDX-License-Identifier: MIT
/** `--kernel tree:PATH`: the module of a kernel source folder, prepared first where it is not. */

import { readFile } from "node:fs/promises";
import type { KernelFactory } from "../kernel/index.ts";
import { createTreeFactory, type PatchOutcome, prepareTree } from "../tree/index.ts";
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
 * @throws CbitError: exit 3 (the tree, or a patch that does not apply), 5 (something in it that cbit does not know), 6 (missing programs)
 */
export async function treeKernels(spec: TreeSpec, context: Context): Promise<TreeKernels> {
  const patches = spec.patches.map(patchPath);
  const tree = await prepareTree(createHost(version()), spec.path, { cacheDirectory: writableCache(process.env), progress: treeProgress(context), patches });
  context.progress("");
  return { factory: createTreeFactory(formatTreeSpec({ path: spec.path, patches }), await readFile(tree.wasmPath), tree.manifest), patched: tree.patched };
}

/** The factory alone. @throws CbitError as `treeKernels` does */
export async function treeFactory(spec: TreeSpec, context: Context): Promise<KernelFactory> {
  return (await treeKernels(spec, context)).factory;
}
