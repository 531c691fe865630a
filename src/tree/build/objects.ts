// SPDX-License-Identifier: MIT
/** IR to wasm objects, one for each file, kept by the IR's contents. */

import { InternalError } from "../../base/index.ts";
import type { Host, Progress } from "../host.ts";
import { lowerModule } from "../lower/module.ts";
import { diskFull, noSpace } from "./errors.ts";
import type { Toolchain } from "./toolchain.ts";

/** What a prepared tree depends on besides the tree: the code that makes it. */
const CODE_FOLDERS = ["build", "lower", "services"];

async function hashFolder(host: Host, folder: string, isCode: RegExp): Promise<string[]> {
  const names = (await host.list(folder)).filter((name) => isCode.test(name));
  return Promise.all(names.map(async (name) => `${name} ${host.hash(await host.readBytes(`${folder}/${name}`))}`));
}

/** Changes with cbit's version and with the code of preparing. */
export async function codeVersion(host: Host): Promise<string> {
  const folders = CODE_FOLDERS.map((folder) => hashFolder(host, `${host.toolDirectory}/${folder}`, /(?<!\.d|\.test)\.[jt]s$/));
  return host.hash([host.toolVersion, ...(await Promise.all(folders)).flat()].join("\n"));
}

/** Changes with the C glue, wherever it lies. */
export async function glueVersion(host: Host): Promise<string> {
  return host.hash((await hashFolder(host, host.guestDirectory, /\.[ch]$/)).join("\n"));
}

export interface IrFile {
  /** Within the tree, or the glue's file name. */
  readonly name: string;
  readonly ir: string;
}

/**
 * Lowers and compiles; returns the objects' paths in the order of `files`.
 * @param version that of the code (`codeVersion`)
 * @throws CbitError: exit 5 at unknown assembly, 6 where the disk is full
 */
export async function makeObjects(host: Host, files: readonly IrFile[], folder: string, version: string, tools: Toolchain, progress: Progress): Promise<string[]> {
  await host.makeDirectory(folder);
  const paths = files.map((f) => `${folder}/${host.hash(`${tools.version}\n${version}\n${f.ir}`)}.o`);
  const present = await Promise.all(paths.map((path) => host.stat(path)));
  const todo = files.map((f, i) => ({ ...f, path: paths[i]! })).filter((_, i) => present[i] === null);
  let done = 0;
  const make = async (file: { name: string; ir: string; path: string }): Promise<void> => {
    const base = `${folder}/${host.uniqueName()}`;
    await host.write(`${base}.ll`, lowerModule(file.ir, file.name));
    const result = await host.run([tools.llc, "-march=wasm64", "-filetype=obj", "-O2", `${base}.ll`, "-o", `${base}.o`], { cwd: folder, timeoutMs: 120_000 });
    await host.remove(`${base}.ll`);
    if (diskFull(result.stderr)) throw noSpace(folder);
    if (result.status !== 0) throw new InternalError(`${file.name}: ${tools.llc} does not take the lowered IR: ${result.stderr.split("\n")[0]}`);
    await host.rename(`${base}.o`, file.path);
    progress("lower", ++done, todo.length);
  };
  for (let i = 0; i < todo.length; i += host.processors) await Promise.all(todo.slice(i, i + host.processors).map(make));
  return paths;
}
