// SPDX-License-Identifier: MIT
/** Links the objects, and says where an import that is not a service comes from. */

import { InternalError } from "../../base/index.ts";
import type { Host } from "../host.ts";
import type { ImportType } from "../runtime/guest-port.ts";
import { serviceOf } from "../services/table.ts";
import { diskFull, KNOWN_TO_WORK, noSpace, unsupportedTree } from "./errors.ts";
import { placeFunctions } from "./function-table.ts";
import type { IrFile } from "./objects.ts";
import type { Source } from "./source.ts";
import type { Toolchain } from "./toolchain.ts";

/**
 * The stack lies below 64 KiB, so that one that is too deep traps.
 * @param globalBase where static data starts
 * @param wraps `ModuleSpec.wraps`
 * @throws CbitError (exit 5) where the tree needs a variable that nothing defines
 */
export async function link(host: Host, source: Source, objects: readonly string[], exports: readonly string[], out: string, tools: Toolchain, globalBase: number, wraps: readonly string[] = []): Promise<void> {
  const options = `${out}.rsp`;
  const padding = `${out}.padding.o`;
  const args = [
    "-mwasm64 --no-entry --gc-sections --stack-first -z stack-size=65536 --import-undefined --export-table --growable-table --error-limit=0 --no-demangle",
    `--global-base=${globalBase} --export=__stack_pointer --export=__heap_base --export=cbit_steps`,
    ...(await placeFunctions(host, tools, padding)),
    ...wraps.map((name) => `--wrap=${name}`),
    ...exports.map((name) => `--export=${name}`),
    ...objects.map((o) => `"${o}"`),
  ];
  await host.write(options, `${args.join("\n")}\n`);
  const result = await host.run([tools.wasmLd, `@${options}`, "-o", out], { cwd: "/", timeoutMs: 120_000 });
  await host.remove(options);
  await host.remove(padding);
  if (result.status === 0) return;
  if (diskFull(result.stderr)) throw noSpace(out);
  const lost = [...new Set([...result.stderr.matchAll(/undefined symbol: (\S+)/g)].map((m) => m[1]!))];
  const twice = [...new Set([...result.stderr.matchAll(/duplicate symbol: (\S+)/g)].map((m) => m[1]!))];
  if (twice.length > 0) throw unsupportedTree(`tree ${source.path} (${source.release}): both the slice and cbit's glue define ${twice.join(", ")}`, `${KNOWN_TO_WORK} Please report the release.`);
  if (lost.length === 0) {
    // What the disk lost a part of would be taken for whole again.
    for (const object of objects) await host.remove(object);
    throw new InternalError(`${tools.wasmLd}: ${result.stderr.split("\n").find((l) => l.includes("error")) ?? result.stderr}`);
  }
  throw unsupportedTree(`tree ${source.path} (${source.release}): the slice reads variables that nothing in it defines: ${lost.join(", ")}`, `${KNOWN_TO_WORK} Please report the release.`);
}

/** Stops where an import is not a service. @throws CbitError (exit 5) with the name and who calls it */
export async function checkImports(host: Host, source: Source, module: string, imports: readonly ImportType[], files: readonly IrFile[]): Promise<void> {
  const unknown = imports.filter((i) => serviceOf(i.name, module) === undefined);
  if (unknown.length === 0) return;
  const texts = await Promise.all(files.map(async ({ name, path }) => ({ name, ir: await host.readText(path) })));
  const places = unknown.map(({ name }) => `${name} (${callers(name, texts)})`);
  throw unsupportedTree(`tree ${source.path} (${source.release}): the slice calls functions that nothing provides: ${places.join("; ")}`, `${KNOWN_TO_WORK} Please report the release.`);
}

function callers(name: string, files: readonly { readonly name: string; readonly ir: string }[]): string {
  const use = new RegExp(`@${name}\\b`);
  for (const file of files) {
    let fn = "";
    for (const line of file.ir.split("\n")) {
      if (line.startsWith("define ")) fn = /@([-\w$.]+)\(/.exec(line)?.[1] ?? "";
      else if (line.startsWith("  ") && use.test(line)) return `called by ${fn}() in ${file.name}`;
      else if (line.startsWith("@") && use.test(line)) return `named in a table of ${file.name}`;
    }
  }
  return "no caller found";
}
