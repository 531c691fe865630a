// SPDX-License-Identifier: MIT
/**
 * A tree with some files replaced, without a second copy of it: the host reads the replaced files in place of the tree's, and
 * so does the compiler, through an overlay of its file system. Ref: clang/docs, "-ivfsoverlay".
 */

import type { Host } from "../host.ts";
import type { Patched } from "./apply.ts";

export interface Overlay {
  /** Where what is compiled with it goes. */
  readonly out: string;
  /** Options for the compiler. */
  readonly options: string;
  /** Whether a compilation that read these files, absolute paths, comes out differently. */
  affects(reads: readonly string[]): boolean;
}

const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The host with the patched files in place of the tree's. @param root the tree, absolute */
export function patchedHost(host: Host, root: string, { folder, changes }: Patched): Host {
  const names = new Map(Object.entries(changes).map(([name, change]) => [`${root}/${name}`, change === "deleted" ? null : `${folder}/files/${name}`]));
  /** @throws as a file does that is not there */
  const real = (path: string): string => {
    const to = names.get(path);
    if (to === null) throw new Error(`ENOENT: ${path} is deleted by a patch`);
    return to ?? path;
  };
  return {
    ...host,
    stat: async (path) => (names.get(path) === null ? null : host.stat(names.get(path) ?? path)),
    readBytes: async (path) => host.readBytes(real(path)),
    readText: async (path) => host.readText(real(path)),
  };
}

/**
 * What the compiler reads in place of the tree's files.
 * @param out the folder for the description and what is compiled
 * @param grown makefiles that only have objects more: what is there already is built as before
 */
export async function compilerOverlay(host: Host, root: string, { folder, changes }: Patched, out: string, grown: ReadonlySet<string>): Promise<Overlay> {
  const files = Object.keys(changes).filter((name) => changes[name] !== "deleted");
  const folders = [...new Set(files.map((name) => name.slice(0, name.lastIndexOf("/") + 1)))];
  const roots = folders.map((inside) => ({
    type: "directory",
    name: `${root}/${inside}`.replace(/\/$/, ""),
    contents: files.filter((name) => name.startsWith(inside) && !name.slice(inside.length).includes("/")).map((name) => ({ type: "file", name: baseName(name), "external-contents": `${folder}/files/${name}` })),
  }));
  const description = `${out}/overlay.json`;
  await host.makeDirectory(out);
  // Diagnostics, __FILE__ and lists of what was read keep the tree's names.
  await host.write(description, JSON.stringify({ version: 0, "case-sensitive": true, "use-external-names": false, roots }, null, 1));
  const touched = new Set(Object.keys(changes).filter((name) => !grown.has(name)).map((name) => `${root}/${name}`));
  // A new header may hide one of the same name that comes later on the search path.
  const added = new Set(Object.keys(changes).filter((name) => changes[name] === "added").map(baseName));
  return { out, options: `-ivfsoverlay ${description}`, affects: (reads) => reads.some((path) => touched.has(path) || added.has(baseName(path))) };
}

/** What of kbuild's own is compiled or run before any file of the slice is. */
const BUILD_TOOLS = /^(?:scripts\/|usr\/|certs\/|tools\/(?!testing\/|perf\/)|include\/.*Kbuild$|arch\/(?:x86|arm64)\/(?:include\/.*Kbuild|tools\/|entry\/syscalls\/|boot\/)|Kbuild$)/;

/** What is known of a module before patches. */
export interface BuiltModule {
  /** Its files, without ".c". */
  readonly slice: readonly string[];
  /** Those of them that the tree's build has compiled. */
  readonly compiled: ReadonlySet<string>;
  /** All that they, the glue and the configuration read, absolute. */
  readonly reads: ReadonlySet<string>;
  /** Makefiles that only have objects more. */
  readonly grown?: ReadonlySet<string>;
  /** Files of the slice that can be compiled as another one of their folder is. */
  readonly neighbours?: ReadonlySet<string>;
}

/**
 * The first of the patched files that only kbuild itself can take into account, in a copy of the tree: makefiles, options, files
 * that headers are generated from, read files that are gone; null where there is none.
 */
export function needsCopy(root: string, changes: Patched["changes"], { slice, compiled, reads, grown = new Set(), neighbours = new Set() }: BuiltModule): string | null {
  const isMakefile = (name: string): boolean => /^(?:Makefile.*|Kbuild.*)$/.test(baseName(name)) && slice.some((file) => file.startsWith(name.slice(0, name.lastIndexOf("/") + 1)));
  const found = Object.entries(changes).find(([name, change]) => {
    if (grown.has(name)) return false;
    const read = reads.has(`${root}/${name}`);
    if (change === "deleted" || !/\.[ch]$/.test(name)) return read || isMakefile(name) || BUILD_TOOLS.test(name);
    return BUILD_TOOLS.test(name) || (change === "added" && slice.includes(name.slice(0, -2)) && !compiled.has(name.slice(0, -2)) && !neighbours.has(name.slice(0, -2)));
  });
  return found?.[0] ?? null;
}
