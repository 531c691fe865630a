// SPDX-License-Identifier: MIT
/** Runs what the documentation shows; what a block is, and what is not run, says test/support/snippets.ts. Commands on trees are in test/tree/docs.test.ts. */

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { schemaOf } from "../support/cbit.ts";
import { allBlocks, type Block, blocksOf, commandsOf, expectedOf, FILE_LANGUAGES, needsTree, NOT_RUN, notRun, pages, patternOf, TEXT, type Workspace, workspace } from "../support/snippets.ts";

const FILES = pages();
const blocks = allBlocks();
const commands = blocks.flatMap(commandsOf);

const spaces = new Map<string, Workspace>();
afterAll(() => {
  for (const space of spaces.values()) space.remove();
});

/** The page's folder, made when its first command runs. */
function spaceOf(file: string): Workspace {
  const known = spaces.get(file) ?? workspace(blocks.filter((b) => b.file === file));
  spaces.set(file, known);
  return known;
}

describe("commands", () => {
  it.each(commands.filter((c) => !needsTree(c.command) && notRun(c.command) === null))("$where: $command", (shown) => {
    const { file, command, variables, exit } = shown;
    const ran = spaceOf(file).run(command, variables);
    expect(ran).toMatchObject({ exit, ...(shown.output.length === 0 ? { err: "" } : {}) });
    expect(ran.out + ran.err).toMatch(expectedOf(shown));
  });

  it("that are not run are of a listed kind, and every kind is there", () => {
    const reasons = new Set(commands.map((c) => notRun(c.command)));
    expect(NOT_RUN.filter(([, reason]) => !reasons.has(reason))).toEqual([]);
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
    expect(scripts["start"]).toBe("tsc -b && node bin/cbit.js check --report-only");
  });

  it("of npx are those of this package", () => {
    const { status, stdout } = spawnSync("npx", ["--no-install", "cbit", "--version"], { encoding: "utf8" });
    expect(status).toBe(0);
    expect(stdout.trim()).toBe((JSON.parse(readFileSync("package.json", "utf8")) as { version: string }).version);
  });
});

describe("files", () => {
  /** A file without a name has to be right by itself. */
  const alone = blocks.filter((b) => FILE_LANGUAGES.includes(b.language) && !b.attributes.has("file") && !b.attributes.has("same")).map((b) => ({ ...b, where: `${b.file}:${b.line}` }));

  const CHECKS: Readonly<Record<string, (block: Block) => void>> = {
    litmus: (block) => {
      const space = workspace([{ ...block, attributes: new Map([["file", "story.litmus"]]) }]);
      const ran = space.run("cbit run story.litmus");
      space.remove();
      expect(ran.exit === 0 ? "" : ran.out + ran.err).toBe("");
    },
    js: (block) => {
      const space = workspace([{ ...block, attributes: new Map([["file", "mine.mjs"]]) }]);
      const ran = space.run("node mine.mjs");
      space.remove();
      expect(ran).toMatchObject({ exit: 0, err: "" });
    },
    json: (block) => {
      const value = JSON.parse(block.lines.join("\n")) as { readonly schema: string };
      const option = { "cbit.device/1": "--machine none --device ./mine.json", "cbit.machine/1": "--device vmwgfx --machine ./mine.json" }[value.schema];
      if (option === undefined) return expect(schemaOf(value.schema)(value)).toBe(true);
      const space = workspace([{ ...block, attributes: new Map([["file", "mine.json"]]) }]);
      const ran = space.run(`cbit check --report-only ${option}`);
      space.remove();
      expect(ran).toMatchObject({ exit: 0, err: "" });
    },
  };

  it.each(alone)("$where: $language", (block) => {
    // Of other languages only files with a name, which a command of the page is about.
    expect(Object.keys(CHECKS)).toContain(block.language);
    CHECKS[block.language]!(block);
  });

  it("of the repository are as they are there", () => {
    const same = blocks.filter((b) => b.attributes.has("same"));
    expect(same.length).toBeGreaterThan(0);
    expect(same.filter((b) => !readFileSync(b.attributes.get("same")!, "utf8").includes(`${b.lines.join("\n")}\n`)).map((b) => `${b.file}:${b.line}`)).toEqual([]);
  });

  it("with a name are what some command of their page is about", () => {
    const named = blocks.filter((b) => b.attributes.has("file"));
    expect(named.filter((b) => !commands.some((c) => c.file === b.file && c.command.includes(b.attributes.get("file")!))).map((b) => `${b.file}:${b.line}`)).toEqual([]);
  });

  it("of docs/examples are in some command", () => {
    expect(readdirSync("docs/examples").filter((f) => !commands.some((c) => c.command.includes(f)))).toEqual([]);
  });
});

describe("blocks", () => {
  it("are of a language that is run, or listed as text", () => {
    const unknown = blocks.filter((b) => !["console", "sh", "text", ...FILE_LANGUAGES].includes(b.language));
    expect(unknown.map((b) => `${b.file}:${b.line}: "${b.language}"`)).toEqual([]);
  });

  it("of text are those that are listed", () => {
    const counts: Record<string, number> = {};
    for (const b of blocks.filter((x) => x.language === "text")) counts[b.file] = (counts[b.file] ?? 0) + 1;
    expect(counts).toEqual(Object.fromEntries(Object.entries(TEXT).map(([file, [count]]) => [file, count ?? counts[file]])));
  });

  it("begin at the start of a line, with attributes that mean something", () => {
    const odd = FILES.flatMap((f) => readFileSync(f, "utf8").split("\n").map((l, i) => ({ l, at: `${f}:${i + 1}` })).filter(({ l }) => /^\s+```|^~~~/.test(l)).map(({ at }) => at));
    expect(odd).toEqual([]);
    expect(blocks.filter((b) => [...b.attributes.keys()].some((k) => !["exit", "file", "same"].includes(k))).map((b) => `${b.file}:${b.line}`)).toEqual([]);
  });

  it("of the console begin with a command", () => {
    expect(blocks.filter((b) => b.language === "console" && !b.lines[0]?.startsWith("$ ")).map((b) => `${b.file}:${b.line}`)).toEqual([]);
  });
});

describe("what a block is", () => {
  const read = (text: string): Block[] => blocksOf("x.md", text);

  it("console: commands with their outputs", () => {
    const [block] = read("```console exit=4\n$ cbit a \\\n> --b\nout\n...\n$ cbit c  # why\n```");
    expect(commandsOf(block!)).toEqual([
      { where: "x.md:2", file: "x.md", command: "cbit a --b", variables: [], output: ["out", "..."], exit: 0 },
      { where: "x.md:6", file: "x.md", command: "cbit c", variables: [], output: [], exit: 4 },
    ]);
  });

  it("sh: commands alone", () => {
    const [block] = read("```sh\n# about\ncbit a   # here\n\ncbit b \\\n  c\n```");
    expect(commandsOf(block!).map((c) => c.command)).toEqual(["cbit a", "cbit b c"]);
  });

  it("variables: for the commands behind them", () => {
    const [block] = read("```console\n$ F=a/b.c\n$ cat $F\n```");
    expect(commandsOf(block!)).toEqual([{ where: "x.md:3", file: "x.md", command: "cat $F", variables: ["F=a/b.c"], output: [], exit: 0 }]);
  });

  it("a pattern with gaps", () => {
    expect("a\nb\nc 12 s\n").toMatch(patternOf(["a", "...", "c ... s"]));
    expect("a\nc 12 m\n").not.toMatch(patternOf(["a", "...", "c ... s"]));
    expect("a\nmore\n").not.toMatch(patternOf(["a"]));
  });

  it("one without an end is an error", () => {
    expect(() => read("```sh\ncbit")).toThrow("x.md:1");
  });
});

describe("documentation", () => {
  it("names only npm scripts that exist", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
    const known = new Set(["ci", "install", "pack", ...Object.keys(scripts)]);
    const named = FILES.flatMap((f) => [...readFileSync(f, "utf8").matchAll(/\bnpm (?:run )?([a-z][a-z:-]*)/g)].map((m) => ({ f, script: m[1]! })));
    expect(named.filter(({ script }) => !known.has(script))).toEqual([]);
  });

  it("names only commands and options that exist, in the middle of a sentence too", () => {
    const text = FILES.map((f) => ({ f, inline: [...readFileSync(f, "utf8").replace(/^\s*```[\s\S]*?^\s*```/gm, "").matchAll(/`cbit ([a-z]+)([^`]*)`/g)] }));
    const used = text.flatMap(({ f, inline }) => inline.map((m) => ({ f, command: m[1]!, options: [...m[2]!.matchAll(/ (--[a-z-]+)/g)].map((o) => o[1]!) })));
    const space = workspace([]);
    const help = new Map([...new Set(used.map((u) => u.command))].map((c) => [c, space.run(`cbit ${c} --help; cbit help ${c}`).out]));
    space.remove();
    expect(used.length).toBeGreaterThan(20);
    expect(used.filter(({ command, options }) => !help.get(command)!.startsWith(`Usage: cbit ${command}`) || options.some((o) => !help.get(command)!.includes(`${o}`)))).toEqual([]);
  });

  it("links to files that exist", () => {
    const links = FILES.flatMap((f) => [...readFileSync(f, "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map((m) => ({ f, to: m[1]! })));
    expect(links.filter(({ f, to }) => !existsSync(join(dirname(f), to)))).toEqual([]);
  });

  it("lists every error code of the sources, and no other", () => {
    const codes = (text: string): string[] => [...text.matchAll(/CBIT-\d{3}/g)].map((m) => m[0]);
    const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".ts") && !f.endsWith(".test.ts"));
    const inSources = new Set(sources.flatMap((f) => codes(readFileSync(join("src", f), "utf8"))));
    const documented = new Set(codes(readFileSync("docs/reference/errors.md", "utf8")));
    expect([...documented].sort()).toEqual([...inSources].sort());
  });
});
