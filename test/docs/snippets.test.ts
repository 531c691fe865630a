// SPDX-License-Identifier: MIT
/**
 * Runs what the documentation shows. A block fenced with "console" holds commands ("$ cbit ...") with the output that they
 * must print, none meaning "not looked at"; a line "..." stands for any lines. "console exit=1" is the exit code of its last command.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { cbit } from "../support/cbit.ts";

interface Snippet {
  readonly where: string;
  readonly command: string;
  readonly output: readonly string[];
  readonly exit: number;
}

/** Files below a folder. */
function filesBelow(folder: string, extension: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(extension)).map((f) => join(folder, f));
}

const FILES = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", ...filesBelow("docs", ".md").filter((f) => !f.includes(".vitepress/"))].filter((f) => existsSync(f)).sort();

function snippetsOf(file: string): Snippet[] {
  const snippets: Snippet[] = [];
  const lines = readFileSync(file, "utf8").split("\n");
  for (let i = 0; i < lines.length; i++) {
    const fence = /^```console(?: exit=(\d+))?$/.exec(lines[i]!);
    if (fence === null) continue;
    const block: { where: string; command: string; output: string[]; exit: number }[] = [];
    for (i++; i < lines.length && lines[i] !== "```"; i++) {
      const line = lines[i]!;
      if (line.startsWith("$ ")) block.push({ where: `${file}:${i + 1}`, command: line.slice(2), output: [], exit: 0 });
      else block[block.length - 1]?.output.push(line);
    }
    const last = block[block.length - 1];
    if (last !== undefined) last.exit = Number(fence[1] ?? 0);
    snippets.push(...block);
  }
  return snippets;
}

/** The expected lines as one pattern; blanks at the ends of lines do not matter. */
function patternOf(output: readonly string[]): RegExp {
  const escaped = output.map((l) => (l === "..." ? "(?:.*\\n)*?" : `${l.trimEnd().replace(/[.*+?^${}()|[\]\\]/g, "\\$&")} *\\n`));
  return new RegExp(`^${escaped.join("")}$`);
}

const all = FILES.flatMap(snippetsOf);

describe("documentation", () => {
  // Commands on trees need a kernel source; test/tree runs them.
  it.each(all.filter((s) => s.command.startsWith("cbit ") && !/tree:|tree prepare|tree forget/.test(s.command)))("$where: $command", ({ command, output, exit }) => {
    const ran = cbit(command.slice("cbit ".length));
    expect(ran.err).toBe("");
    expect(ran.exit).toBe(exit);
    expect(ran.out).toMatch(output.length === 0 ? /./ : patternOf(output));
  });

  it("names only npm scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
    const known = new Set(["ci", "install", "pack", ...Object.keys(scripts)]);
    const named = FILES.flatMap((f) => [...readFileSync(f, "utf8").matchAll(/\bnpm (?:run )?([a-z][a-z:-]*)/g)].map((m) => ({ f, script: m[1]! })));
    expect(named.filter(({ script }) => !known.has(script))).toEqual([]);
  });

  it("links to files that exist", () => {
    const links = FILES.flatMap((f) => [...readFileSync(f, "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map((m) => ({ f, to: m[1]! })));
    expect(links.filter(({ f, to }) => !existsSync(join(dirname(f), to)))).toEqual([]);
  });

  it("lists every error code of the sources, and no other", () => {
    const codes = (text: string): string[] => [...text.matchAll(/CBIT-\d{3}/g)].map((m) => m[0]);
    const inSources = new Set(filesBelow("src", ".ts").filter((f) => !f.endsWith(".test.ts")).flatMap((f) => codes(readFileSync(f, "utf8"))));
    const documented = new Set(codes(readFileSync("docs/reference/errors.md", "utf8")));
    expect([...documented].sort()).toEqual([...inSources].sort());
  });
});
