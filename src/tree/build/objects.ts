// SPDX-License-Identifier: MIT
/** IR to wasm objects, one for each file, kept by the IR's contents. */

import { InternalError } from "../../base/index.ts";
import type { Host, Progress } from "../host.ts";
import type { ModuleSpec } from "../modules/index.ts";
import { lowerModule, UnknownAssembly } from "../lower/module.ts";
import { TRACES } from "../lower/traces.ts";
import { diskFull, noSpace } from "./errors.ts";
import { placeIn } from "./places.ts";
import type { Source } from "./source.ts";
import { oncePerHost } from "./stats-once.ts";
import type { Toolchain } from "./toolchain.ts";

/** What a prepared tree depends on besides the tree: the code that makes it. */
const CODE_FOLDERS = ["build", "lower", "modules", "patch", "services"];

async function hashFolder(host: Host, folder: string, isCode: RegExp): Promise<string[]> {
  const names = (await host.list(folder)).filter((name) => isCode.test(name));
  return Promise.all(names.map(async (name) => `${name} ${host.hash(await host.readBytes(`${folder}/${name}`))}`));
}

/** Changes with cbit's version and with the code of preparing. */
export const codeVersion: (host: Host) => Promise<string> = oncePerHost(async (host) => {
  const folders = CODE_FOLDERS.map((folder) => hashFolder(host, `${host.toolDirectory}/${folder}`, /(?<!\.d|\.test)\.[jt]s$/));
  return host.hash([host.toolVersion, ...(await Promise.all(folders)).flat()].join("\n"));
});

/** Changes with the C glue of a module, wherever it lies. */
export async function glueVersion(host: Host, module: ModuleSpec): Promise<string> {
  const folders = module.glue.map(({ folder }) => hashFolder(host, `${host.guestDirectory}/${folder}`, /\.[ch]$/));
  return host.hash((await Promise.all(folders)).flat().join("\n"));
}

/** A file of the module, compiled. */
export interface IrFile {
  /** Within the tree, or the glue's file name. */
  readonly name: string;
  /** The file with the IR. */
  readonly path: string;
}

/** What was made of an IR. */
export interface Made {
  /** The object's file name. */
  readonly object: string;
  readonly objectBytes: number;
  /** Functions that it defines for others: entry points, and those whose calls are told. */
  readonly defines: readonly string[];
}

/** What was made of an IR file with this size and time. */
interface Stamped extends Made {
  readonly bytes: number;
  readonly modified: number;
}

/** By the paths of IR files: what a look at the file is enough to know. */
export type Stamps = Readonly<Record<string, Stamped>>;

/** A record of stamps and what it holds for: other code makes something else of an IR. */
interface StampFile {
  readonly version: string;
  readonly files: Stamps;
}

/** Reads a record of stamps; an empty one where there is none that can be used. */
export async function readStamps(host: Host, path: string, version: string): Promise<Stamps> {
  try {
    const record = JSON.parse(await host.readText(path)) as StampFile;
    return record.version === version ? record.files : {};
  } catch {
    return {};
  }
}

const TOLD: ReadonlySet<string> = new Set(TRACES.map((t) => t.function));

/** Entry points, and functions whose calls are told. */
export function definitions(ir: string): string[] {
  const all = [...ir.matchAll(/^define (internal )?[^@\n]*@([-\w$.]+)\(/gm)];
  return all.filter(([, internal, name]) => TOLD.has(name!) || (internal === undefined && name!.startsWith("cbit_"))).map(([, , name]) => name!);
}

/**
 * Lowers and compiles; what was made, in the order of `files`. An object is named after the lowered IR, so that another version
 * of the lowering compiles only what comes out differently; for each IR a note says what was made of it, and a record of stamps
 * saves reading the IR.
 * @param version that of the code (`codeVersion`)
 * @param records of stamps; the last one is written
 * @throws CbitError: exit 5 at unknown assembly, 6 where the disk is full
 */
export async function makeObjects(host: Host, source: Source, files: readonly IrFile[], folder: string, version: string, tools: Toolchain, progress: Progress, records: readonly string[]): Promise<Made[]> {
  await host.makeDirectory(folder);
  const maker = host.hash(`${version}\n${tools.version}`);
  const known: Record<string, Stamped> = {};
  for (const record of records) Object.assign(known, await readStamps(host, record, maker));
  let done = 0;
  let fresh = false;
  const sizeOf = async (object: string): Promise<number | undefined> => (await host.stat(`${folder}/${object}`))?.bytes;
  const make = async ({ name, path }: IrFile): Promise<Stamped> => {
    const { bytes = -1, modified = -1 } = (await host.stat(path)) ?? {};
    const stamped = known[path];
    if (stamped !== undefined && stamped.bytes === bytes && stamped.modified === modified && (await sizeOf(stamped.object)) === stamped.objectBytes) return stamped;
    fresh = true;
    const ir = await host.readText(path);
    const note = `${folder}/${host.hash(`${maker}\n${ir}`)}.note`;
    const [first, ...defined] = (await host.readText(note).catch(() => "")).split("\n");
    const [noted, size] = first!.split(" ");
    if (noted !== undefined && size !== undefined) {
      if (String(await sizeOf(noted)) === size) return { object: noted, objectBytes: Number(size), defines: defined, bytes, modified };
      // The disk lost a part of it.
      await host.remove(`${folder}/${noted}`);
    }
    const opaque = tools.opaque === null ? ir : await withOpaquePointers(host, name, ir, folder, tools.opaque);
    const lowered = await lower(host, source, opaque, name);
    const object = `${host.hash([tools.version, ...tools.llc.slice(1), lowered].join("\n"))}.o`;
    if ((await sizeOf(object)) === undefined) await compileObject(host, name, lowered, `${folder}/${object}`, tools);
    const defines = definitions(ir);
    const objectBytes = (await sizeOf(object))!;
    await host.write(note, [`${object} ${objectBytes}`, ...defines].join("\n"));
    progress("lower", ++done, files.length);
    return { object, objectBytes, defines, bytes, modified };
  };
  const all: Stamped[] = [];
  for (let i = 0; i < files.length; i += host.processors) all.push(...(await Promise.all(files.slice(i, i + host.processors).map(make))));
  const record: StampFile = { version: maker, files: Object.fromEntries(files.map(({ path }, i) => [path, all[i]!])) };
  if (fresh) await host.write(records.at(-1)!, JSON.stringify(record));
  return all;
}

/** Lowers a file. Where it has unknown assembly, the line of its function is looked up for the message. */
async function lower(host: Host, source: Source, ir: string, name: string): Promise<string> {
  try {
    return lowerModule(ir, name);
  } catch (error) {
    if (!(error instanceof UnknownAssembly)) throw error;
    throw error.at(await placeIn(host, source, name, error.function));
  }
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
