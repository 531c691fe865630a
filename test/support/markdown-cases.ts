// SPDX-License-Identifier: MIT
/**
 * Cases of the command line in Markdown, in the manner of quint's txm. A case is a section "## TITLE": prose that says what it guards, and
 * fenced blocks. Each case runs in a folder of its own.
 *
 *   ```json file=mine.json     a file that is made first, in whatever language
 *   ```sh exit=2               commands for bash; "cbit" is the built one. Exit 0 where nothing is said
 *   ```stdout                  what must be printed; a case without it prints nothing there
 *   ```stderr                  the same of standard error
 *
 * In expected output a line "..." stands for any lines, "[...]" for any text of a line, $PWD for the case's folder, and $LINUX for the kernel source. Where a single
 * command ends in an error, it must say the same as `cbit.error/1` with --json, too; "sh exit=2 json=no" for commands that have none.
 * CBIT_WRITE_CASES=1 writes down what comes out, for a look at the difference.
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parsed } from "./cbit.ts";

const BIN = join(process.cwd(), "bin/cbit.js");
const WRITE = process.env["CBIT_WRITE_CASES"] === "1";

interface Block {
  readonly info: string;
  readonly text: string;
}

/** One section of a file. */
export interface MarkdownCase {
  readonly file: string;
  readonly title: string;
  readonly prose: string;
  readonly files: readonly { readonly name: string; readonly text: string }[];
  readonly command: string;
  readonly exit: number;
  readonly json: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Takes the blocks of a section apart; the prose is the rest. @throws Error where a block is not closed */
function blocksOf(lines: readonly string[], where: string): { readonly blocks: readonly Block[]; readonly prose: string } {
  const blocks: Block[] = [];
  const prose: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const fence = /^(`{3,})(.*)$/.exec(lines[i]!);
    if (fence === null) {
      prose.push(lines[i]!);
      continue;
    }
    const end = lines.indexOf(fence[1]!, i + 1);
    if (end < 0) throw new Error(`${where}: a block is not closed`);
    blocks.push({ info: fence[2]!, text: lines.slice(i + 1, end).map((l) => `${l}\n`).join("") });
    i = end;
  }
  return { blocks, prose: prose.join("\n").trim() };
}

/** The cases of a file. @throws Error for a section that is no case */
export function casesOf(file: string): MarkdownCase[] {
  const sections = readFileSync(file, "utf8").split(/^## /m).slice(1);
  return sections.map((section) => {
    const [title = "", ...lines] = section.split("\n");
    const where = `${file}: ${title}`;
    const { blocks, prose } = blocksOf(lines, where);
    const command = blocks.filter((b) => b.info.startsWith("sh"));
    if (command.length !== 1) throw new Error(`${where}: a case has one block "sh"`);
    if (prose === "") throw new Error(`${where}: a case says what it guards`);
    const of = (info: string): string => blocks.find((b) => b.info === info)?.text ?? "";
    return {
      file,
      title,
      prose,
      files: blocks.flatMap((b) => { const name = / file=(\S+)/.exec(b.info)?.[1]; return name === undefined ? [] : [{ name, text: b.text }]; }),
      command: command[0]!.text,
      exit: Number(/ exit=(\d+)/.exec(command[0]!.info)?.[1] ?? 0),
      json: !command[0]!.info.includes(" json=no"),
      stdout: of("stdout"),
      stderr: of("stderr"),
    };
  });
}

/** All cases below a folder. */
export function casesBelow(folder: string): MarkdownCase[] {
  return readdirSync(folder).filter((f) => f.endsWith(".md")).sort().flatMap((f) => casesOf(join(folder, f)));
}

/** The error codes that the cases show, in what they expect on standard error. */
export function codesShown(cases: readonly MarkdownCase[]): Set<string> {
  return new Set(cases.flatMap((c) => [...c.stderr.matchAll(/\[(CBIT-\d{3})\]/g)].map((m) => m[1]!)));
}

interface Came {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * For the commands of cases, as functions, so that a case may set PATH. `edit FILE SED...` adds to change.patch what a sed script makes of
 * a file of the kernel source $LINUX.
 */
const PRELUDE = `
cbit() { '${process.execPath}' '${BIN}' "$@"; }
edit() { diff -u --label "a/$1" --label "b/$1" "$LINUX/$1" <(sed -E "\${@:2}" "$LINUX/$1") >> change.patch; true; }
`;

function run({ files }: MarkdownCase, command: string, env: Readonly<Record<string, string>>): Came {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "cbit-case-")));
  try {
    for (const { name, text } of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const { NO_COLOR: _n, FORCE_COLOR: _f, COLUMNS: _c, CBIT_LLVM: _l, NODE_OPTIONS: _o, ...inherited } = process.env;
    const { status, stdout, stderr } = spawnSync("bash", ["-c", PRELUDE + command], { cwd: folder, encoding: "utf8", env: { ...inherited, HOME: folder, XDG_CACHE_HOME: "", CBIT_CACHE: join(folder, "cache"), ...env }, maxBuffer: 1 << 26 });
    const named = (text: string): string => (env["LINUX"] === undefined ? text : text.replaceAll(env["LINUX"], "$LINUX")).replaceAll(folder, "$PWD");
    return { exit: status, stdout: named(stdout), stderr: named(stderr) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Expected text as a pattern. */
function patternOf(text: string): RegExp {
  const lines = text.split("\n").map((l) => (l === "..." ? "(?:.*\\n)*?" : `${l.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("\\[\\.\\.\\.\\]", ".*?")}\n`));
  return new RegExp(`^${lines.slice(0, -1).join("")}$`);
}

/** The command with --json behind the names of commands; null where it is not a single one of cbit's. */
function withJson({ command, json }: MarkdownCase): string | null {
  const found = /^((?:\w+=\S+ )*cbit \w+(?: (?:prepare|list|services|forget)\b)?)([^|>\n]*)\n$/.exec(command);
  return !json || found === null || found[2]!.includes("--format") ? null : `${found[1]} --json${found[2]}\n`;
}

function block(info: string, text: string): string {
  return text === "" ? "" : `\n\`\`\`${info}\n${text}\`\`\`\n`;
}

/** Puts what came in place of what was expected. */
function write(c: MarkdownCase, came: Came): void {
  const text = readFileSync(c.file, "utf8");
  const start = text.indexOf(`## ${c.title}\n`);
  const next = text.indexOf("\n## ", start);
  const section = text.slice(start, next < 0 ? undefined : next + 1);
  const kept = section.replace(/\n```(?:stdout|stderr)\n(?:[^]*?\n)?```\n/g, "").replace(/^```sh.*$/m, `\`\`\`sh${came.exit === 0 ? "" : ` exit=${came.exit}`}${c.json ? "" : " json=no"}`).trimEnd();
  writeFileSync(c.file, text.replace(section, () => `${kept}\n${block("stdout", came.stdout)}${block("stderr", came.stderr)}${next < 0 ? "" : "\n"}`));
}

/** What came of a case, and what should have. */
export interface Tried {
  readonly actual: unknown;
  readonly expected: unknown;
}

/** The text that came, where it fits; else the expected one, for a difference that can be read. */
const fitting = (came: string, expected: string): string => (patternOf(expected).test(came) ? came : expected);

/** Runs a case. @param env for the commands, besides a home and a cache of their own @returns two values that are equal where all is well */
export function tryCase(c: MarkdownCase, env: Readonly<Record<string, string>> = {}): Tried {
  const came = run(c, c.command, env);
  const expected: Came = { exit: c.exit, stdout: fitting(came.stdout, c.stdout), stderr: fitting(came.stderr, c.stderr) };
  if (WRITE) {
    if (came.exit !== expected.exit || came.stdout !== expected.stdout || came.stderr !== expected.stderr) write(c, came);
    return { actual: came, expected: came };
  }
  const error = /^cbit: ([^]*) \[(CBIT-\d{3})\]\n(?: {2}hint: ([^]*)\n)?$/.exec(came.stderr);
  const command = withJson(c);
  if (error === null || command === null) return { actual: came, expected };
  const json = run(c, command, env);
  const told = { schema: "cbit.error/1", code: error[2], message: error[1], hint: error[3] ?? null };
  return { actual: { ...came, json: { ...json, stdout: parsed(json.stdout) } }, expected: { ...expected, json: { exit: c.exit, stdout: told, stderr: came.stderr } } };
}
