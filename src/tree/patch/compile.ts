// SPDX-License-Identifier: MIT
/** Compiles what patches change, and nothing else: kbuild's own commands, with the patched files in place of the tree's. */

import { type Compiled, makefilesOf, openUnits } from "../build/compile.ts";
import { parseRule } from "../build/dependencies.ts";
import { cmdFile } from "../build/glue.ts";
import { BUILD_FORMAT, CONFIGURATION, type Job } from "../build/job.ts";
import { configuredSlice, runSaved } from "../build/kbuild.ts";
import type { SliceFile } from "../modules/index.ts";
import { Units } from "../build/units.ts";
import type { Overlay } from "./overlay.ts";

/** Has memcpy() and its kin called: what a test copies may be page contents, which no load or store reaches (src/tree/lower/suite-copies.ts). */
const CALLS = "-fno-builtin";

/**
 * The IR of a slice after patches. The tree itself was prepared just before.
 * @throws CbitError (exit 3) where a patched file does not compile
 */
export async function compilePatched(job: Job, overlay: Overlay, files: readonly SliceFile[]): Promise<Compiled> {
  const { host, build, progress, added } = job;
  const slice = await configuredSlice(host, build, files);
  const base = await openUnits(host, build);
  const affected = slice.filter((s) => added.has(s.file) || overlay.affects(base.readsOf(s.file)));
  const irOf = (file: string): string => `${overlay.out}/${file}.ll`;
  const units = await Units.open(host, `${overlay.out}/cbit-units.json`, `${BUILD_FORMAT}`);
  await units.refresh();
  const present = await Promise.all(affected.map((s) => host.stat(irOf(s.file))));
  const todo = affected.filter((s, i) => present[i] === null || !units.isCurrent(s.file));
  let done = 0;
  progress("compile", 0, todo.length);
  const compile = async ({ file }: SliceFile): Promise<{ unit: string; reads: string[] }> => {
    const out = irOf(file);
    await host.makeDirectory(out.slice(0, out.lastIndexOf("/")));
    const like = added.get(file);
    await runSaved(job, cmdFile(build, like ?? file), like === undefined ? { out, options: overlay.options } : { out, options: `${overlay.options} ${CALLS}`, as: { file, like } });
    progress("compile", ++done, todo.length);
    const read = parseRule(await host.readText(`${out}.d`)).map((f) => (f.startsWith("/") ? f : `${build}/${f}`));
    return { unit: file, reads: [...makefilesOf(job, file), ...read] };
  };
  for (let i = 0; i < todo.length; i += host.processors) await units.compiled(await Promise.all(todo.slice(i, i + host.processors).map(compile)));
  const changed = new Set(affected.map((s) => s.file));
  const unchanged = slice.filter((s) => !changed.has(s.file)).map((s) => s.file);
  const own = units.dependenciesOf([...changed]);
  const known = new Set(own.map((d) => d.path));
  return {
    slice,
    irOf: (file) => (changed.has(file) ? irOf(file) : `${build}/${file}.ll`),
    dependencies: [...own, ...base.dependenciesOf([CONFIGURATION, ...unchanged]).filter((d) => !known.has(d.path))],
  };
}
