// SPDX-License-Identifier: MIT
/** File and line of the kernel functions that reports name, as they are in this tree. */

import type { Host } from "../host.ts";
import { TRACES } from "../lower/traces.ts";
import type { IrFile } from "./objects.ts";
import type { Source } from "./source.ts";

/** Line of a function's definition: its name at the start of a declaration line that no semicolon ends. */
function definitionLine(text: string, fn: string): number {
  const lines = text.split("\n");
  const start = new RegExp(`^(?:[a-z_][\\w\\s*]*[\\s*])?${fn}\\(`);
  const at = lines.findIndex((line, i) => start.test(line) && !/;\s*$/.test(line) && !/;\s*$/.test(lines[i + 1] ?? ""));
  return at + 1;
}

/** "function" to "file:line"; to the file alone where the definition is not found. */
export async function findPlaces(host: Host, source: Source, irs: readonly IrFile[]): Promise<Record<string, string>> {
  const definedIn = new Map<string, string>();
  for (const { name, ir } of irs) for (const [, fn] of ir.matchAll(/^define [^@\n]*@([-\w$.]+)\(/gm)) if (!definedIn.has(fn!)) definedIn.set(fn!, name);
  const files = TRACES.flatMap(({ function: fn, file }) => {
    const where = file ?? definedIn.get(fn);
    return where === undefined ? [] : [[fn, where] as const];
  });
  const names = [...new Set(files.map(([, file]) => file))];
  const texts = new Map(await Promise.all(names.map(async (file) => [file, await host.readText(`${source.path}/${file}`).catch(() => "")] as const)));
  return Object.fromEntries(files.map(([fn, file]) => {
    const line = definitionLine(texts.get(file)!, fn);
    return [fn, line > 0 ? `${file}:${line}` : file];
  }));
}
