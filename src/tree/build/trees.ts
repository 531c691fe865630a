// SPDX-License-Identifier: MIT
/** The prepared trees in the cache. */

import type { Host } from "../host.ts";
import { COPY, COPY_OF } from "../patch/copy-tree.ts";
import { buildPrefix } from "./job.ts";
import { type Manifest, openTree } from "./prepare.ts";

/** Entries, sorted by source and key. */
export async function listTrees(host: Host, cacheDirectory: string): Promise<readonly Manifest[]> {
  const names = (await host.list(`${cacheDirectory}/trees`)).filter((name) => !name.startsWith("."));
  const trees = await Promise.all(names.map((key) => openTree(host, cacheDirectory, key, true)));
  return trees.flatMap((t) => t?.manifest ?? []).sort((a, b) => (a.source + a.key < b.source + b.key ? -1 : 1));
}

/** Removes what was made for patches of a source folder: what was compiled for them, and copies of the tree with their builds. */
async function forgetPatches(host: Host, cacheDirectory: string, source: string): Promise<void> {
  const patches = `${cacheDirectory}/patches`;
  for (const id of await host.list(patches)) {
    const mine = (await host.list(`${patches}/${id}`)).filter((name) => name.startsWith(buildPrefix(host, source)));
    for (const name of mine) await host.remove(`${patches}/${id}/${name}`);
  }
  const copies = `${cacheDirectory}/copies`;
  for (const id of await host.list(copies)) {
    if ((await host.readText(`${copies}/${id}/${COPY_OF}`).catch(() => "")) !== source) continue;
    await forgetBuilds(host, cacheDirectory, `${copies}/${id}/${COPY}`);
    await host.remove(`${copies}/${id}`);
  }
}

async function forgetBuilds(host: Host, cacheDirectory: string, source: string): Promise<void> {
  for (const name of await host.list(`${cacheDirectory}/builds`)) if (name.startsWith(buildPrefix(host, source))) await host.remove(`${cacheDirectory}/builds/${name}`);
}

/** Removes the entries and the builds of a source folder, with and without patches, or one entry by its key. Returns how many entries went. */
export async function forgetTree(host: Host, cacheDirectory: string, pathOrKey: string): Promise<number> {
  const real = await host.realPath(pathOrKey).catch(() => pathOrKey);
  const gone = (await listTrees(host, cacheDirectory)).filter((m) => m.source === real || m.source === pathOrKey || m.key === pathOrKey);
  for (const { key } of gone) await host.remove(`${cacheDirectory}/trees/${key}`);
  for (const source of new Set(gone.map((m) => m.source))) {
    if (source !== real && source !== pathOrKey) continue;
    await forgetBuilds(host, cacheDirectory, source);
    await forgetPatches(host, cacheDirectory, source);
  }
  return gone.length;
}
