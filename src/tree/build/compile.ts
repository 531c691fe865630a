// SPDX-License-Identifier: MIT
/** Has kbuild compile what changed of a module's files, and only that. */

import type { Host } from "../host.ts";
import type { SliceFile } from "../modules/index.ts";
import { type Dependency, parseCmd } from "./dependencies.ts";
import { cmdFile } from "./glue.ts";
import { BUILD_FORMAT, CONFIGURATION, type Job } from "./job.ts";
import { compileSlice, configure, configuredSlice, forgetConfiguration, kconfigFiles, recompile } from "./kbuild.ts";
import { Units } from "./units.ts";

/** The IR of a slice. */
export interface Compiled {
  /** The files that the configuration builds. */
  readonly slice: readonly SliceFile[];
  /** The file with the IR of a file of the slice. */
  irOf(file: string): string;
  /** The files that all of it was made from. */
  readonly dependencies: readonly Dependency[];
}

/** The record of what was compiled in kbuild's folder. @param host reads the tree itself, without patches */
export function openUnits(host: Host, build: string): Promise<Units> {
  return Units.open(host, `${build}/cbit-units.json`, `${BUILD_FORMAT}`);
}

/** The files of the tree that decide with which options one of its files is compiled. */
export function makefilesOf({ source, build, arch }: Job, file: string): string[] {
  return [`${source.path}/Makefile`, `${source.path}/${arch.folder}/Makefile`, `${build}/.config`, `${source.path}/${file.slice(0, file.lastIndexOf("/"))}/Makefile`];
}

/**
 * Brings the IR of the slice up to date. What has changed and is not in it is noted, for who needs that.
 * @param files those of the module that the tree has
 */
export async function compile(job: Job, files: readonly SliceFile[]): Promise<Compiled> {
  const { host, source, arch, tools, progress, build } = job;
  let units = await openUnits(host, build);
  const changed = await units.refresh();
  if (units.has(CONFIGURATION) && !units.isCurrent(CONFIGURATION)) await forgetConfiguration(host, build);
  // A new configuration begins with an empty folder.
  if (await configure(host, source, build, tools, arch.name, progress)) units = await openUnits(host, build);
  const slice = await configuredSlice(host, build, files);
  const present = await Promise.all(slice.map((s) => host.stat(`${build}/${s.file}.ll`)));
  const todo = slice.filter((s, i) => present[i] === null || !units.isCurrent(s.file));
  if (todo.length > 0) {
    // What the disk lost a part of: make would take it for current.
    const damaged = todo.map((s) => `${build}/${s.file}.ll`).filter((path) => changed.includes(path));
    for (const path of damaged) await host.remove(path);
    const makefiles = changed.some((path) => !damaged.includes(path) && (!/\.[ch]$/.test(path) || path.startsWith(`${build}/`)));
    const saved = todo.every((s) => units.has(s.file)) && !makefiles && (await host.stat(`${build}/.cbit-busy`)) === null;
    await (saved ? recompile(job, todo) : compileSlice(host, source, build, tools, arch.name, todo, progress));
  }
  const compiled = todo.map(async ({ file }) => {
    const cmd = parseCmd(await host.readText(cmdFile(build, file)));
    return { unit: file, reads: [`${build}/${file}.ll`, ...makefilesOf(job, file), ...cmd.files.map((f) => (f.startsWith("/") ? f : `${build}/${f}`))] };
  });
  const kconfig = units.has(CONFIGURATION) ? [] : [{ unit: CONFIGURATION, reads: await kconfigFiles(host, source, build) }];
  await units.compiled([...kconfig, ...(await Promise.all(compiled))]);
  return { slice, irOf: (file) => `${build}/${file}.ll`, dependencies: units.dependenciesOf([CONFIGURATION, ...slice.map((s) => s.file)]) };
}
