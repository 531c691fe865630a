// SPDX-License-Identifier: MIT
/** File and line of the kernel functions that reports name, as they are in this tree. */

import type { Host } from "../host.ts";
import { TRACES } from "../lower/traces.ts";
import type { Source } from "./source.ts";

/** Line of a function's definition: its name at the start of a declaration line that no semicolon ends. */
export function definitionLine(text: string, fn: string): number {
  const lines = text.split("\n");
  const start = new RegExp(`^(?:[a-z_][\\w\\s*]*[\\s*])?${fn}\\(`);
  const at = lines.findIndex((line, i) => start.test(line) && !/;\s*$/.test(line) && !/;\s*$/.test(lines[i + 1] ?? ""));
  return at + 1;
}

/** "file:line" of a function; the file alone where the definition is not in it. */
export async function placeIn(host: Host, source: Source, file: string, fn: string): Promise<string> {
  const line = definitionLine(await host.readText(`${source.path}/${file}`).catch(() => ""), fn);
  return line > 0 ? `${file}:${line}` : file;
}

/**
 * "function" to "file:line"; to the file alone where the definition is not found.
 * @param files what is compiled, with the functions that each defines
 */
export async function findPlaces(host: Host, source: Source, files: readonly { readonly name: string; readonly defines: readonly string[] }[]): Promise<Record<string, string>> {
  const definedIn = new Map<string, string>();
  for (const { name, defines } of files) for (const fn of defines) if (!definedIn.has(fn)) definedIn.set(fn, name);
  const places = TRACES.flatMap(({ function: fn, file }) => {
    const where = file ?? definedIn.get(fn);
    return where === undefined ? [] : [[fn, where] as const];
  });
  const names = [...new Set(places.map(([, file]) => file))];
  const texts = new Map(await Promise.all(names.map(async (file) => [file, await host.readText(`${source.path}/${file}`).catch(() => "")] as const)));
  return Object.fromEntries(places.map(([fn, file]) => {
    const line = definitionLine(texts.get(file)!, fn);
    return [fn, line > 0 ? `${file}:${line}` : file];
  }));
}
