// SPDX-License-Identifier: MIT
/** `--kernel tree:PATH`: the module of a kernel source folder, prepared first where it is not. */

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { KernelFactory } from "../kernel/index.ts";
import { createTreeFactory, prepareTree } from "../tree/index.ts";
import { writableCache } from "./cache.ts";
import type { Context } from "./context.ts";
import { createHost } from "./host.ts";
import { treeProgress } from "./tree-progress.ts";
import { version } from "./version.ts";

/**
 * The factory of a kernel source folder. Its name has the absolute path, so that ids and tokens work from any folder.
 * @throws CbitError: exit 3 (the tree), 5 (something in it that cbit does not know), 6 (missing programs)
 */
export async function treeFactory(path: string, context: Context): Promise<KernelFactory> {
  const tree = await prepareTree(createHost(version()), path, { cacheDirectory: writableCache(process.env), progress: treeProgress(context) });
  context.progress("");
  return createTreeFactory(resolve(path), await readFile(tree.wasmPath), tree.manifest);
}
