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

/** Beside a module: the file that each function of it is defined in, as JSON. */
export const FUNCTIONS = "functions.json";

/** A file that is compiled, with the functions that it defines. */
export interface Defining {
  readonly name: string;
  readonly defines: readonly string[];
}

/** The file of each function. */
export function definedIn(files: readonly Defining[]): ReadonlyMap<string, string> {
  const where = new Map<string, string>();
  for (const { name, defines } of files) for (const fn of defines) if (!where.has(fn)) where.set(fn, name);
  return where;
}

/** "function" to "file:line"; to the file alone where the definition is not found. */
export async function findPlaces(host: Host, source: Source, definitions: ReadonlyMap<string, string>): Promise<Record<string, string>> {
  const places = TRACES.flatMap(({ function: fn, file }) => {
    const where = file ?? definitions.get(fn);
    return where === undefined ? [] : [[fn, where] as const];
  });
  const names = [...new Set(places.map(([, file]) => file))];
  const texts = new Map(await Promise.all(names.map(async (file) => [file, await host.readText(`${source.path}/${file}`).catch(() => "")] as const)));
  return Object.fromEntries(places.map(([fn, file]) => {
    const line = definitionLine(texts.get(file)!, fn);
    return [fn, line > 0 ? `${file}:${line}` : file];
  }));
}
