// SPDX-License-Identifier: MIT
/**
 * What the documentation shows, read from its fenced blocks, and run as a reader would run it.
 *
 * - `console`: commands behind `$ `, each with what it must print, standard error last; none means "not looked at", a line `...` stands for any lines and
 *   `...` within a line for anything. `exit=N` is the exit code of the block's last command. A line that ends in `\` goes on.
 * - `sh`: commands, one a line, for readers to copy; only the exit code counts.
 * - `json`, `js`, `litmus`, and `sh` with a name: files. `file=NAME` puts one where the page's commands find it; `same=PATH` is a part of a
 *   file of the repository; without either it is checked alone.
 * - `text`: what nobody can run, listed in TEXT.
 */

import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

export interface Block {
  /** The page and the line of the fence, counted from 1. */
  readonly file: string;
  readonly line: number;
  readonly language: string;
  /** `exit=1 file=mine.json` as a map. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly lines: readonly string[];
}

export interface Command {
  readonly where: string;
  readonly file: string;
  readonly command: string;
  /** Variables that the block has set before, "F=drivers/gpu"; such a line is no command by itself. */
  readonly variables: readonly string[];
  /** The lines that it must print; empty: anything. */
  readonly output: readonly string[];
  readonly exit: number;
}

export interface Ran {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

/** Commands that no test runs, and why. */
export const NOT_RUN: readonly (readonly [RegExp, string])[] = [
  [/^apt-get /, "needs root and a network; .ci/run installs the same packages"],
  [/^git clone /, "needs the network"],
  [/^npm (ci|test|start)\b/, "this is part of npm test; package.json is checked for what npm start does"],
  [/^npm run bench\b/, "takes minutes; test/bench.test.ts runs what it is made of"],
  [/^npx vitest /, "tests that run anyway: npm test"],
  [/\btree:PATH\b|\bkunit PATH\b/, "stands in docs/reference/findings.md; test/tree/findings.test.ts runs the same on its source"],
];

/** Blocks of text that nobody can run, and how many of them a page has; null where a test writes the page. */
export const TEXT: Readonly<Record<string, readonly [number | null, string]>> = {
  "ARCHITECTURE.md": [1, "a drawing"],
  "docs/reference/benchmarks.md": [1, "npm run bench -- --write puts its figures there"],
  "docs/reference/findings.md": [null, "traces that test/tree/findings.test.ts makes anew and compares"],
  "docs/reference/formats.md": [2, "a job of GitHub's, and mail programs, which send something"],
  "docs/reference/ids-and-tokens.md": [1, "the shape of a token"],
  "docs/reference/kunit.md": [1, "the command's usage, as its help has it"],
  "docs/reference/reproducer.md": [1, "the command's usage, as its help has it"],
};

/** Languages of blocks that are files. */
export const FILE_LANGUAGES = ["json", "js", "litmus"];

/** All pages: what stands in the repository for readers, without the changelog. */
export function pages(): string[] {
  const docs = readdirSync("docs", { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".md") && !f.startsWith(".vitepress/")).map((f) => join("docs", f));
  return ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "litmus/README.md", ...docs].sort();
}

export function blocksOf(file: string, text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const fence = /^\s*(`{3,}|~{3,})(.*)$/.exec(lines[i]!);
    if (fence === null) continue;
    const start = i;
    const [language = "", ...rest] = fence[2]!.trim().split(/\s+/);
    for (i++; i < lines.length && lines[i]!.trim() !== fence[1]; i++);
    if (i === lines.length) throw new Error(`${file}:${start + 1}: a block without an end`);
    const attributes = new Map(rest.map((a) => a.split("=") as [string, string]));
    blocks.push({ file, line: start + 1, language, attributes, lines: lines.slice(start + 1, i) });
  }
  return blocks;
}

/** The commands of a `console` or `sh` block; of others none. Variables last to the end of the block. */
export function commandsOf(block: Block): Command[] {
  const all = linesOf(block);
  const isVariable = (c: Command): boolean => /^[A-Z]+=('[^']*'|\S+)$/.test(c.command);
  return all.flatMap((c, i) => (isVariable(c) ? [] : [{ ...c, variables: all.slice(0, i).filter(isVariable).map((v) => v.command) }]));
}

function linesOf(block: Block): Command[] {
  if ((block.language !== "console" && block.language !== "sh") || block.attributes.has("file")) return [];
  const commands: { where: string; file: string; command: string; variables: string[]; output: string[]; exit: number }[] = [];
  let open = false;
  for (const [i, line] of block.lines.entries()) {
    const last = commands[commands.length - 1];
    const begins = block.language === "sh" ? line.trim() !== "" && !line.startsWith("#") : line.startsWith("$ ");
    if (open && last !== undefined) last.command += ` ${line.replace(/^> /, "").trim()}`;
    else if (begins) commands.push({ where: `${block.file}:${block.line + 1 + i}`, file: block.file, command: line.replace(/^\$ /, ""), variables: [], output: [], exit: 0 });
    else if (block.language === "console") last?.output.push(line);
    if (open || begins) {
      const command = commands[commands.length - 1]!;
      open = command.command.endsWith("\\");
      command.command = command.command.replace(/\s*\\$/, "").replace(/\s+#\s.*$/, "").trim();
    }
  }
  const last = commands[commands.length - 1];
  if (last !== undefined) last.exit = Number(block.attributes.get("exit") ?? 0);
  return commands;
}

/** Why a command is not run; null for those that are. */
export function notRun(command: string): string | null {
  const [first] = command.split(/\s+&&\s+/);
  return NOT_RUN.find(([pattern]) => pattern.test(first!))?.[1] ?? null;
}

/** Whether a command needs a kernel source. */
export function needsTree(command: string): boolean {
  return /\btree:|\btree (prepare|services|list|forget)\b|\bkunit\b|linux-source-|linux-6/.test(command);
}

/** What a command must print. One with no lines below it has to say something, unless it writes a file. */
export function expectedOf({ command, output }: Command): RegExp {
  if (output.length > 0) return patternOf(output);
  return command.includes(" > ") ? /^$/ : /./;
}

/** The expected lines as one pattern; blanks at the ends of lines do not matter. */
export function patternOf(output: readonly string[]): RegExp {
  const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const lines = output.map((l) => (l === "..." ? "(?:.*\\n)*?" : `${l.trimEnd().split("...").map(escape).join(".*")} *\\n`));
  return new RegExp(`^${lines.join("")}$`);
}

/** A folder that looks like a checkout, in which a page's files are and its commands run. */
export interface Workspace {
  readonly folder: string;
  run(command: string, variables?: readonly string[]): Ran;
  remove(): void;
}

/**
 * Makes one. `links` are further names in it and where they lead, for instance to kernel sources.
 * @param cache The folder for prepared trees; a new one without it.
 */
export function workspace(blocks: readonly Block[], links: Readonly<Record<string, string>> = {}, cache?: string): Workspace {
  const base = mkdtempSync(join(tmpdir(), "cbit-docs-"));
  const folder = join(base, "cbit");
  const bin = join(base, "bin");
  mkdirSync(folder);
  mkdirSync(bin);
  for (const name of ["bin", "dist", "docs", "litmus", "node_modules", "package.json", "LICENSE"]) symlinkSync(resolve(name), join(folder, name));
  for (const [name, to] of Object.entries(links)) symlinkSync(to, join(folder, name));
  for (const block of blocks) {
    const name = block.attributes.get("file");
    if (name === undefined) continue;
    const path = join(folder, name);
    if (existsSync(path)) throw new Error(`${block.file}:${block.line}: ${name} is there already`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${block.lines.join("\n")}\n`);
  }
  const program = (name: string, script: string): void => {
    writeFileSync(join(bin, name), `#!/bin/bash\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  program("cbit", `exec ${process.execPath} ${resolve("bin/cbit.js")} "$@"`);
  // What npx does in a checkout, without npm's second; snippets.test.ts asks the real one once.
  program("npx", `[ "$1" = cbit ] || exit 127; shift; exec ${join(bin, "cbit")} "$@"`);
  const { NO_COLOR: _n, FORCE_COLOR: _f, COLUMNS: _c, ...inherited } = process.env;
  const env = { ...inherited, PATH: `${bin}:${process.env["PATH"]}`, CBIT_CACHE: cache ?? join(base, "cache") };
  return {
    folder,
    run: (command, variables = []) => {
      const { status, stdout, stderr } = spawnSync("bash", ["-c", [...variables, command].join("\n")], { cwd: folder, encoding: "utf8", env, maxBuffer: 1 << 26 });
      return { exit: status, out: stdout, err: stderr };
    },
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
}

/** All blocks of all pages. */
export function allBlocks(): Block[] {
  return pages().flatMap((f) => blocksOf(f, readFileSync(f, "utf8")));
}
