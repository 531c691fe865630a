// SPDX-License-Identifier: MIT
/** Colour, progress and width: terminals, pipes, and what the environment says. */

import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { cbit } from "../support/cbit.ts";

const CHECK = "check --machine sme-zen2 --device amdgpu-gfx9 --device amdgpu-raven --report-only";
// oxlint-disable-next-line no-control-regex
const ESCAPE = /\x1b/;

/** The same on a pseudo terminal of so many columns; standard error is there, too. */
function onTerminal(line: string, env: Readonly<Record<string, string>> = {}, columns = 80): string {
  const { NO_COLOR: _n, FORCE_COLOR: _f, COLUMNS: _c, CI: _ci, ...inherited } = process.env;
  const { stdout } = spawnSync("script", ["-qec", `stty cols ${columns}; '${process.execPath}' bin/cbit.js ${line}`, "/dev/null"], { encoding: "utf8", env: { ...inherited, TERM: "xterm-256color", ...env } });
  return stdout.replaceAll("\r\n", "\n");
}

describe("colour", () => {
  it("is off in pipes, also with a terminal's TERM", () => {
    expect(cbit(CHECK, { TERM: "xterm-256color" }).out).not.toMatch(ESCAPE);
  });

  it("is on on a terminal: green, red and dim words", () => {
    const text = onTerminal(CHECK);
    expect(text).toContain("\u001b[32mholds");
    expect(text).toContain("\u001b[31mbroken");
    expect(text).toContain("\u001b[2mrefused");
  });

  it.each<readonly [string, Readonly<Record<string, string>>, boolean]>([
    ["FORCE_COLOR=1 in a pipe", { FORCE_COLOR: "1" }, true],
    ["FORCE_COLOR=0 in a pipe", { FORCE_COLOR: "0" }, false],
    ["FORCE_COLOR= in a pipe", { FORCE_COLOR: "" }, false],
    ["NO_COLOR=1 beside FORCE_COLOR=1", { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    ["an empty NO_COLOR, which is none", { NO_COLOR: "", FORCE_COLOR: "1" }, true],
  ])("%s", (_name, env, colour) => {
    expect(ESCAPE.test(cbit(CHECK, env).out)).toBe(colour);
  });

  it.each<readonly [string, Readonly<Record<string, string>>]>([["NO_COLOR=1", { NO_COLOR: "1" }], ["TERM=dumb", { TERM: "dumb" }], ["FORCE_COLOR=0", { FORCE_COLOR: "0" }]])("is off on a terminal with %s", (_name, env) => {
    // Progress has escapes of its own: it is cleared behind what a dumb terminal would show.
    // oxlint-disable-next-line no-control-regex
    expect(onTerminal(CHECK, env).replaceAll(/\r\x1b\[K[^\r]*/g, "")).not.toMatch(ESCAPE);
  });

  it("says nothing that the words do not say", () => {
    // oxlint-disable-next-line no-control-regex
    for (const line of [CHECK, "explain amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read", "doctor", "explain --machine sme-zen2 --device xe"]) expect(cbit(line, { FORCE_COLOR: "1" }).out.replaceAll(/\x1b\[\d+m/g, "")).toBe(cbit(line).out);
  });
});

describe("progress", () => {
  it("is for terminals, and gone at the end", () => {
    const text = onTerminal("check --machine sev --device vmwgfx");
    expect(text).toContain("\r\u001b[K1/1 vmwgfx@sev");
    expect(text.slice(text.lastIndexOf("\r\u001b[K"))).not.toContain("1/1");
    expect(onTerminal("check --machine sev --device vmwgfx", { TERM: "dumb" })).not.toContain("1/1 vmwgfx");
    expect(cbit("check --machine sev --device vmwgfx").err).toBe("");
  });
});

describe("width", () => {
  it("is the terminal's, from 40 to 80 columns, and what COLUMNS says", () => {
    const longest = (text: string): number => Math.max(...text.split("\n").filter((l) => !ESCAPE.test(l) && !l.includes("\r")).map((l) => l.length));
    expect(longest(onTerminal("list policies", { NO_COLOR: "1" }, 50))).toBeLessThanOrEqual(50);
    expect(longest(onTerminal("list policies", { NO_COLOR: "1" }, 200))).toBeLessThanOrEqual(80);
    expect(longest(cbit("list policies", { COLUMNS: "200" }).out)).toBeLessThanOrEqual(80);
    expect(cbit("list policies", { COLUMNS: "7" }).out).toBe(cbit("list policies", { COLUMNS: "40" }).out);
    expect(cbit("list policies", { COLUMNS: "wide" }).out).toBe(cbit("list policies").out);
  });
});

describe("pipes", () => {
  it.each(["check --json | head -c 1", "list | head -n 1", "explain amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read | true", "completion bash | head -n 1"])("whose reader goes away are no error: `cbit %s`", (line) => {
    const { stderr } = spawnSync("bash", ["-c", `'${process.execPath}' bin/cbit.js ${line}`], { encoding: "utf8" });
    expect(stderr).toBe("");
  });
});
