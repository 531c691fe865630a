// SPDX-License-Identifier: MIT
/** The prepared trees in the cache. */

import type { Host } from "../host.ts";
import { buildPrefix } from "./job.ts";
import { type Manifest, openTree } from "./prepare.ts";

/** Entries, sorted by source and key. */
export async function listTrees(host: Host, cacheDirectory: string): Promise<readonly Manifest[]> {
  const names = (await host.list(`${cacheDirectory}/trees`)).filter((name) => !name.startsWith("."));
  const trees = await Promise.all(names.map((key) => openTree(host, cacheDirectory, key, true)));
  return trees.flatMap((t) => t?.manifest ?? []).sort((a, b) => (a.source + a.key < b.source + b.key ? -1 : 1));
}

/** Removes the entries and the build folder of a source folder, or one entry by its key. Returns how many entries went. */
export async function forgetTree(host: Host, cacheDirectory: string, pathOrKey: string): Promise<number> {
  const real = await host.realPath(pathOrKey).catch(() => pathOrKey);
  const gone = (await listTrees(host, cacheDirectory)).filter((m) => m.source === real || m.source === pathOrKey || m.key === pathOrKey);
  for (const { key, source } of gone) {
    await host.remove(`${cacheDirectory}/trees/${key}`);
    if (source !== real && source !== pathOrKey) continue;
    for (const name of await host.list(`${cacheDirectory}/builds`)) if (name.startsWith(buildPrefix(host, source))) await host.remove(`${cacheDirectory}/builds/${name}`);
  }
  return gone.length;
}
