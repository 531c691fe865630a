// SPDX-License-Identifier: MIT
/** IR to wasm objects, one for each file, kept by the IR's contents. */

import { InternalError } from "../../base/index.ts";
import type { Host, Progress } from "../host.ts";
import { ASM_FORMS, lowerModule } from "../lower/module.ts";
import { TRACES, traceEntry } from "../lower/traces.ts";
import type { Toolchain } from "./toolchain.ts";

/** A change of the lowering's code makes other objects. */
export function loweringVersion(host: Host): string {
  return host.hash(`${host.toolVersion}\n${lowerModule.toString()}\n${ASM_FORMS.map((f) => `${f.template.source} ${f.emit.toString()}`).join("\n")}\n${JSON.stringify(TRACES)}${traceEntry.toString()}`);
}

export interface IrFile {
  /** Within the tree, or the glue's file name. */
  readonly name: string;
  readonly ir: string;
}

/** Lowers and compiles; returns the objects' paths in the order of `files`. @throws CbitError (exit 5) at unknown assembly */
export async function makeObjects(host: Host, files: readonly IrFile[], folder: string, tools: Toolchain, progress: Progress): Promise<string[]> {
  await host.makeDirectory(folder);
  const version = loweringVersion(host);
  const paths = files.map((f) => `${folder}/${host.hash(`${tools.version}\n${version}\n${f.ir}`)}.o`);
  const present = await Promise.all(paths.map((path) => host.stat(path)));
  const todo = files.map((f, i) => ({ ...f, path: paths[i]! })).filter((_, i) => present[i] === null);
  let done = 0;
  const make = async (file: { name: string; ir: string; path: string }): Promise<void> => {
    const base = `${folder}/${host.uniqueName()}`;
    await host.write(`${base}.ll`, lowerModule(file.ir, file.name));
    const result = await host.run([tools.llc, "-march=wasm64", "-filetype=obj", "-O2", `${base}.ll`, "-o", `${base}.o`], { cwd: folder, timeoutMs: 120_000 });
    await host.remove(`${base}.ll`);
    if (result.status !== 0) throw new InternalError(`${file.name}: ${tools.llc} does not take the lowered IR: ${result.stderr.split("\n")[0]}`);
    await host.rename(`${base}.o`, file.path);
    progress("lower", ++done, todo.length);
  };
  for (let i = 0; i < todo.length; i += host.processors) await Promise.all(todo.slice(i, i + host.processors).map(make));
  return paths;
}
