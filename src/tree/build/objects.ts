// SPDX-License-Identifier: MIT
/** IR to wasm objects, one for each file, kept by the IR's contents. */

import { InternalError } from "../../base/index.ts";
import type { Host, Progress } from "../host.ts";
import type { ModuleSpec } from "../modules/index.ts";
import { lowerModule } from "../lower/module.ts";
import { diskFull, noSpace } from "./errors.ts";
import type { Toolchain } from "./toolchain.ts";

/** What a prepared tree depends on besides the tree: the code that makes it. */
const CODE_FOLDERS = ["build", "lower", "modules", "patch", "services"];

async function hashFolder(host: Host, folder: string, isCode: RegExp): Promise<string[]> {
  const names = (await host.list(folder)).filter((name) => isCode.test(name));
  return Promise.all(names.map(async (name) => `${name} ${host.hash(await host.readBytes(`${folder}/${name}`))}`));
}

/** Changes with cbit's version and with the code of preparing. */
export async function codeVersion(host: Host): Promise<string> {
  const folders = CODE_FOLDERS.map((folder) => hashFolder(host, `${host.toolDirectory}/${folder}`, /(?<!\.d|\.test)\.[jt]s$/));
  return host.hash([host.toolVersion, ...(await Promise.all(folders)).flat()].join("\n"));
}

/** Changes with the C glue of a module, wherever it lies. */
export async function glueVersion(host: Host, module: ModuleSpec): Promise<string> {
  const folders = module.glue.map(({ folder }) => hashFolder(host, `${host.guestDirectory}/${folder}`, /\.[ch]$/));
  return host.hash((await Promise.all(folders)).flat().join("\n"));
}

export interface IrFile {
  /** Within the tree, or the glue's file name. */
  readonly name: string;
  readonly ir: string;
}

/**
 * Lowers and compiles; returns the objects' paths in the order of `files`. An object is named after the lowered IR, so
 * that another version of the lowering compiles only what comes out differently; for each IR a note has that name.
 * @param version that of the code (`codeVersion`)
 * @throws CbitError: exit 5 at unknown assembly, 6 where the disk is full
 */
export async function makeObjects(host: Host, files: readonly IrFile[], folder: string, version: string, tools: Toolchain, progress: Progress): Promise<string[]> {
  await host.makeDirectory(folder);
  let done = 0;
  const make = async ({ name, ir }: IrFile): Promise<string> => {
    const note = `${folder}/${host.hash(`${version}\n${tools.version}\n${ir}`)}.note`;
    const noted = await host.readText(note).catch(() => "");
    if (noted !== "" && (await host.stat(`${folder}/${noted}`)) !== null) return `${folder}/${noted}`;
    const lowered = lowerModule(tools.opaque === null ? ir : await withOpaquePointers(host, name, ir, folder, tools.opaque), name);
    const object = `${host.hash([tools.version, ...tools.llc.slice(1), lowered].join("\n"))}.o`;
    if ((await host.stat(`${folder}/${object}`)) === null) await compileObject(host, name, lowered, `${folder}/${object}`, tools);
    await host.write(note, object);
    progress("lower", ++done, files.length);
    return `${folder}/${object}`;
  };
  const paths: string[] = [];
  for (let i = 0; i < files.length; i += host.processors) paths.push(...(await Promise.all(files.slice(i, i + host.processors).map(make))));
  return paths;
}

/** IR as LLVM 14 writes it, in the form of later versions. */
async function withOpaquePointers(host: Host, name: string, ir: string, folder: string, command: readonly string[]): Promise<string> {
  const base = `${folder}/${host.uniqueName()}`;
  await host.write(`${base}.typed.ll`, ir);
  const result = await host.run([...command, `${base}.typed.ll`, "-o", `${base}.ll`], { cwd: folder, timeoutMs: 120_000 });
  await host.remove(`${base}.typed.ll`);
  if (diskFull(result.stderr)) throw noSpace(folder);
  if (result.status !== 0) throw new InternalError(`${name}: ${command[0]} does not take clang's IR: ${result.stderr.split("\n")[0]}`);
  const text = await host.readText(`${base}.ll`);
  await host.remove(`${base}.ll`);
  return text;
}

async function compileObject(host: Host, name: string, lowered: string, object: string, tools: Toolchain): Promise<void> {
  const folder = object.slice(0, object.lastIndexOf("/"));
  const base = `${folder}/${host.uniqueName()}`;
  await host.write(`${base}.ll`, lowered);
  const result = await host.run([...tools.llc, "-march=wasm64", "-filetype=obj", "-O2", `${base}.ll`, "-o", `${base}.o`], { cwd: folder, timeoutMs: 120_000 });
  await host.remove(`${base}.ll`);
  if (diskFull(result.stderr)) throw noSpace(folder);
  if (result.status !== 0) throw new InternalError(`${name}: ${tools.llc[0]} does not take the lowered IR: ${result.stderr.split("\n")[0]}`);
  await host.rename(`${base}.o`, object);
}
