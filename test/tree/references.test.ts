// SPDX-License-Identifier: MIT
/**
 * What cbit says of kernel files is true of Linux 6.12: files and lines that comments, reports and documentation cite
 * exist, and a function that is named beside a place is there.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";

const source = inject("linux612");
const ROOTS = ["src/linux", "src/check", "src/kernel", "src/machine", "src/report", "src/scenarios", "docs", "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];
/** A name may stand this many lines below a single line. */
const NEAR = 3;

/** One place in the kernel that a file of ours cites. */
interface Citation {
  /** "src/linux/ttm/pool.ts:21". */
  readonly where: string;
  readonly path: string;
  readonly from: number;
  readonly to: number;
  /** The function that is named beside it. */
  readonly name: string | null;
}

function filesOf(root: string): string[] {
  if (root.endsWith(".md")) return [root];
  return readdirSync(root, { recursive: true, encoding: "utf8" }).filter((f) => /\.(ts|md)$/.test(f)).map((f) => join(root, f));
}

const PLACE = /(?<path>[A-Za-z][\w.+-]*(?:\/[\w.+-]+)+\.(?:c|h|S|rst|txt)):(?<from>\d+)(?:-(?<to>\d+))?/g;

/**
 * The name that goes with a place: "place (name)", "place name" in a `@ref`, the function of a chooser or of a note in
 * the same line; else, for a `@ref` without names, the function that the comment is about.
 */
function nameBeside(lines: readonly string[], at: number, start: number, end: number): string | null {
  const line = lines[at]!;
  const behind = line.slice(end);
  const bracketed = /^ \((\w+)\)/.exec(behind)?.[1];
  if (bracketed !== undefined) return bracketed;
  const called = /function: "([\w.]+)", file: "$|note\(k, "(\w+)", "$/.exec(line.slice(0, start));
  if (called !== null) return called[1] ?? called[2]!;
  if (!line.slice(0, start).endsWith("@ref ")) return null;
  const named = /^ (\w+)/.exec(behind)?.[1];
  if (named !== undefined) return named;
  const closing = lines.findIndex((l, i) => i >= at && l.trimEnd().endsWith("*/"));
  return /^(?:export )?function (\w+)\(/.exec(lines[closing + 1] ?? "")?.[1] ?? null;
}

function citationsOf(file: string): Citation[] {
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((line, at) =>
    [...line.matchAll(PLACE)].map((m): Citation => {
      const { path, from, to } = m.groups as { path: string; from: string; to?: string };
      return { where: `${file}:${at + 1}`, path, from: Number(from), to: Number(to ?? from), name: nameBeside(lines, at, m.index, m.index + m[0].length) };
    }),
  );
}

/** True where `name` (or a longer one with it) is in the lines cited, or the function around their first line has it. */
function isThere(text: readonly string[], { from, to, name }: Citation): boolean {
  if (name === null) return true;
  const last = to === from ? from + NEAR : to;
  if (text.slice(from - 1, last).some((l) => l.includes(name))) return true;
  for (let at = from - 1; at > 0 && !text[at - 1]!.startsWith("}"); at--) if (/^\w/.test(text[at - 1]!) && text[at - 1]!.includes(name)) return true;
  return false;
}

const cited = ROOTS.flatMap(filesOf).flatMap(citationsOf);

describe.skipIf(source === null)("references to Linux 6.12", () => {
  const linesOf = (path: string): string[] => readFileSync(join(source!, path), "utf8").split("\n");

  it("are found", () => {
    expect(cited.length).toBeGreaterThan(100);
    expect(cited.filter((c) => c.name !== null).length).toBeGreaterThan(70);
  });

  it("name files that exist, and lines within them", () => {
    expect(cited.filter((c) => !existsSync(join(source!, c.path)) || c.from > c.to || c.to > linesOf(c.path).length)).toEqual([]);
  });

  it("name functions that are there", () => {
    expect(cited.filter((c) => !isThere(linesOf(c.path), c)).map((c) => `${c.where}: ${c.path}:${c.from} has no ${c.name}`)).toEqual([]);
  });
});
