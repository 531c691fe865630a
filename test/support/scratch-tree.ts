// SPDX-License-Identifier: MIT
/** A copy of the kernel source that a test may change, made of hard links, with a place for a cache beside it. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface ScratchTree {
  /** Holds the copy and whatever else the test makes. */
  readonly folder: string;
  /** The copy. */
  readonly tree: string;
  readonly cache: string;
  /** Has `cbit` use that cache. */
  readonly env: Record<string, string>;
  /** Replaces a file of the copy: the link to the original is broken first. */
  replace(file: string, text: string): void;
  remove(): void;
}

/** Copies a kernel source, into its own folder's neighbourhood so that links are possible. */
export function scratchTree(source: string): ScratchTree {
  const folder = mkdtempSync(join(dirname(source), "cbit-scratch-"));
  const tree = join(folder, "linux");
  const cache = join(folder, "cache");
  const { status, stderr } = spawnSync("cp", ["-al", source, tree], { encoding: "utf8" });
  if (status !== 0) throw new Error(`cannot copy ${source}: ${stderr}`);
  return {
    folder,
    tree,
    cache,
    env: { XDG_CACHE_HOME: cache },
    replace: (file, text) => {
      rmSync(join(tree, file));
      writeFileSync(join(tree, file), text);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
