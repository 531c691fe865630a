// SPDX-License-Identifier: MIT
/**
 * Which suites a tree has, with patches or as it is: those of its makefiles, besides those that cbit knows. A file with a suite
 * becomes a part of its group's module where the configuration builds it, or where a patch brought it.
 */

import { objectsOf } from "../build/makefile.ts";
import { inspectSource, type Source } from "../build/source.ts";
import type { Host } from "../host.ts";
import { type ModuleSpec, type SliceFile } from "../modules/index.ts";
import { files } from "../modules/module-spec.ts";
import { applyPatches, type Patched } from "../patch/apply.ts";
import { patchedHost } from "../patch/overlay.ts";
import { SUITE_GROUPS, type SuiteGroup } from "./suites.ts";

/** Ref: include/kunit/test.h kunit_test_suites, kunit_test_suite, kunit_test_init_section_suites. */
const REGISTERS = /^kunit_test_(?:init_section_)?suites?\(/m;
const NAMES = /\bstruct kunit_suite \w+ = \{[^}]*?\.name\s*=\s*"([^"]+)"/g;

/** Names of the suites that a C file registers; null where it registers none. Names made by macros are not found. */
export function suitesIn(text: string): string[] | null {
  return REGISTERS.test(text) ? [...text.matchAll(NAMES)].map((m) => m[1]!) : null;
}

interface FoundFile {
  readonly file: SliceFile;
  readonly suites: readonly string[];
}

/** The files with suites that a folder's makefile names. @param changes of patches */
async function inFolder(host: Host, source: Source, folder: string, changes: Patched["changes"]): Promise<FoundFile[]> {
  const makefile = await host.readText(`${source.path}/${folder}/Makefile`).catch(() => "");
  const found = objectsOf(makefile).map(async ({ name, option }): Promise<FoundFile[]> => {
    const path = `${folder}/${name}`;
    const suites = suitesIn(await host.readText(`${source.path}/${path}.c`).catch(() => ""));
    if (suites === null) return [];
    // What a patch brings is meant, whether or not its option is one of ours.
    const of = changes[`${path}.c`] === "added" || option === null ? undefined : option;
    return [{ file: files("a suite that the tree's makefiles name", path, false, of)[0]!, suites }];
  });
  return (await Promise.all(found)).flat();
}

function withFiles(module: ModuleSpec, found: readonly FoundFile[]): ModuleSpec {
  const known = new Set(module.files.map((f) => f.file));
  const more = found.map((f) => f.file).filter(({ file }) => !known.has(file));
  return more.length === 0 ? module : { ...module, files: [...module.files, ...more] };
}

/**
 * The groups of suites with what this tree has in their folders.
 * @throws CbitError: exit 3 where the folder is no kernel source, or a patch does not apply
 */
export async function findSuites(host: Host, path: string, { cacheDirectory, patches = [] }: { readonly cacheDirectory: string; readonly patches?: readonly string[] }): Promise<readonly SuiteGroup[]> {
  const source = await inspectSource(host, path);
  const patched = patches.length === 0 ? null : await applyPatches(host, source, patches, cacheDirectory);
  const reader = patched === null ? host : patchedHost(host, source.path, patched);
  return Promise.all(SUITE_GROUPS.map(async (group): Promise<SuiteGroup> => {
    const found = (await Promise.all(group.folders.map((folder) => inFolder(reader, source, folder, patched?.changes ?? {})))).flat();
    const { x86_64, arm64 } = group.modules;
    return { ...group, modules: { x86_64: withFiles(x86_64, found), arm64: withFiles(arm64, found) }, suites: [...new Set([...group.suites, ...found.flatMap((f) => f.suites)])] };
  }));
}
