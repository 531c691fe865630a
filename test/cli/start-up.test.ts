// SPDX-License-Identifier: MIT
/** What is loaded for the shortest commands: it decides how long they take, on whatever computer. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cbit } from "../support/cbit.ts";

/** The files of cbit and of packages that a command loads, from V8's coverage: "cli/main.js", "commander". */
function loaded(args: readonly string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "cbit-loaded-"));
  try {
    cbit(args, { NODE_V8_COVERAGE: folder });
    const urls = readdirSync(folder).flatMap((f) => (JSON.parse(readFileSync(join(folder, f), "utf8")) as { result: { url: string }[] }).result.map((r) => r.url));
    return [...new Set(urls.flatMap((url) => /\/dist\/(\w+\/.*\.js)$/.exec(url)?.[1] ?? /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []))].sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const HEAVY = /^(?:linux|tree|machine|check|kernel|scenarios|api)\/|^binaryen$|^@noble|^jsonc-parser$/;

describe("start-up", () => {
  it.each(["--version", "-V"])("cbit %s loads no command, no parser and no table", (flag) => {
    const files = loaded([flag]);
    expect(files).toContain("cli/main.js");
    expect(files.filter((f) => !/^(?:base|cli)\/|^report\/style\.js$|^picocolors$/.test(f))).toEqual([]);
    expect(files.length).toBeLessThan(20);
  });

  it.each([["--help"], ["help"], [""], ["chekc"], ["--depth 3"]])("cbit %s loads the parser, and no command", (line) => {
    const files = loaded(line.split(" ").filter((w) => w !== ""));
    expect(files.filter((f) => HEAVY.test(f))).toEqual([]);
    expect(files.length).toBeLessThan(40);
  });

  it("names of commands are completed without the tables", () => {
    expect(loaded(["__complete", "--line", "cbit che"]).filter((f) => HEAVY.test(f))).toEqual([]);
  });

  it("the model does without the compiler of trees", () => {
    expect(loaded(["check", "--machine", "sev", "--device", "vmwgfx"]).filter((f) => /^binaryen$|^tree\/(?:build|lower|runtime)\//.test(f))).toEqual([]);
  });
});
