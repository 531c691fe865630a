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
  const files = new Map<string, string>();
  for (const { function: fn, file } of TRACES) {
    const compiled = irs.find((f) => new RegExp(`^define [^@\\n]*@${fn}\\(`, "m").test(f.ir));
    if (file !== null || compiled !== undefined) files.set(fn, file ?? compiled!.name);
  }
  const places: Record<string, string> = {};
  for (const [fn, file] of files) {
    const line = definitionLine(await host.readText(`${source.path}/${file}`).catch(() => ""), fn);
    places[fn] = line > 0 ? `${file}:${line}` : file;
  }
  return places;
}
