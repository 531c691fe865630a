// SPDX-License-Identifier: MIT
/** C files that patches bring, and makefiles that name them: kbuild is not asked where a file can be compiled as its neighbours are. */

import { onlyAdds } from "../build/makefile.ts";
import type { Host } from "../host.ts";
import type { Patched } from "./apply.ts";

const folderOf = (file: string): string => file.slice(0, file.lastIndexOf("/"));
const baseOf = (file: string): string => file.slice(file.lastIndexOf("/") + 1);

/**
 * Files of the slice that patches bring, without ".c", each with a file of its folder that has been compiled: it has the same options, but for
 * those that a makefile gives to one object.
 */
export function addedFiles({ changes }: Patched, slice: readonly string[], compiled: ReadonlySet<string>): ReadonlyMap<string, string> {
  const fresh = slice.filter((file) => changes[`${file}.c`] === "added" && !compiled.has(file));
  return new Map(fresh.flatMap((file) => {
    const like = slice.find((other) => compiled.has(other) && folderOf(other) === folderOf(file));
    return like === undefined ? [] : [[file, like] as const];
  }));
}

/** Makefiles that patches change in nothing but that they name these files besides. @param host, patched read the tree without and with patches */
export async function grownMakefiles(host: Host, patched: Host, root: string, { changes }: Patched, added: readonly string[]): Promise<ReadonlySet<string>> {
  const makefiles = Object.keys(changes).filter((name) => changes[name] === "modified" && /^(?:Makefile|Kbuild)$/.test(baseOf(name)));
  const grown = makefiles.map(async (name) => {
    const names = new Set(added.filter((file) => folderOf(file) === folderOf(name)).map(baseOf));
    const [before, after] = await Promise.all([host, patched].map((h) => h.readText(`${root}/${name}`)));
    return names.size > 0 && onlyAdds(before!, after!, names) ? [name] : [];
  });
  return new Set((await Promise.all(grown)).flat());
}
