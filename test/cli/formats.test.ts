// SPDX-License-Identifier: MIT
/** `--format` and `--output` of all commands that have them: what goes where, and what is refused. */

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cbit, parsed } from "../support/cbit.ts";

let folder = "";
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cbit-formats-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const CASE = "check --machine sev --device vmwgfx";

describe("--format", () => {
  it("is text by default, and --json is short for json", () => {
    expect(cbit(`${CASE} --format text`)).toEqual(cbit(CASE));
    expect(cbit(`${CASE} --format json`)).toEqual(cbit(`${CASE} --json`));
    expect(cbit(`${CASE} --json --format json`)).toEqual(cbit(`${CASE} --json`));
  });

  it.each([
    [`${CASE} --format xml`, /unknown format "xml"; nearest: \w+, \w+ \[CBIT-100\]\n {2}hint: cbit check has text, json/],
    [`${CASE} --format text --json`, /--json contradicts --format text/],
    [`${CASE} --format json --format json`, /--format is given twice/],
    ["explain vmwgfx@sev/refusal --format junit", /cbit explain has no format junit \[CBIT-100\]\n {2}hint: cbit explain has text, json.*\. .*kunit (?:has|have) junit\./],
    ["kunit . --format nosuch", /hint: cbit kunit has text, json, ktap, junit\./],
    ["run litmus --format nosuch", /hint: cbit run has text, json/],
    ["compare model:6.1 model:6.12 --format nosuch", /hint: cbit compare has text, json/],
    ["compare --policies --format nosuch", /hint: cbit compare --policies has text, json/],
  ])("refuses: %s", (args, words) => {
    expect(cbit(args)).toMatchObject({ exit: 2, err: expect.stringMatching(words) });
  });

  it.each(["--json", "--format json", "--format=json"])("prints errors as JSON with %s", (option) => {
    const { exit, out } = cbit(`check --machine nosuch ${option}`);
    expect([exit, parsed<{ code: string }>(out).code]).toEqual([2, "CBIT-101"]);
  });
});

describe("--output", () => {
  it("writes a file of the same, says so, and keeps the exit code", () => {
    const { out, exit } = cbit(`${CASE} --policy encrypted --json`);
    const ran = cbit([...`${CASE} --policy encrypted --json -o`.split(" "), at("a.json")]);
    expect(ran).toEqual({ exit, out: "", err: `cbit: json written to ${at("a.json")}\n` });
    expect([exit, readFileSync(at("a.json"), "utf8")]).toEqual([1, out]);
  });

  it("has no colour in a file", () => {
    cbit([...CASE.split(" "), "-o", at("plain.txt")], { FORCE_COLOR: "1" });
    expect(readFileSync(at("plain.txt"), "utf8")).toBe(cbit(CASE).out);
  });

  it("replaces a file as a whole, keeps its mode, goes through links, and leaves nothing beside it", () => {
    mkdirSync(at("inner"));
    writeFileSync(at("inner/old"), "old");
    chmodSync(at("inner/old"), 0o640);
    symlinkSync("old", at("inner/link"));
    expect(cbit([...CASE.split(" "), "-o", at("inner/link")]).exit).toBe(0);
    expect(readFileSync(at("inner/old"), "utf8")).toBe(cbit(CASE).out);
    expect(statSync(at("inner/old")).mode & 0o777).toBe(0o640);
    expect(readdirSync(at("inner")).sort()).toEqual(["link", "old"]);
  });

  it("writes to what is no file as it is, and to standard output for -", () => {
    expect(cbit(`${CASE} -o /dev/null`)).toEqual({ exit: 0, out: "", err: "cbit: text written to /dev/null\n" });
    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
    expect(cbit(`${CASE} -o -`)).toEqual(cbit(CASE));
  });

  it.each([
    ["a folder", "", "it is a folder"],
    ["in no folder", "/no/such/file", "there is no folder"],
    ["below a file", "/taken/file", "a part of the path is not a folder|there is no folder"],
  ])("refuses what cannot be written before it searches: %s", (_name, path, why) => {
    writeFileSync(at("taken"), "");
    const ran = cbit(["check", "-o", folder + path]);
    expect(ran).toMatchObject({ exit: 6, out: "", err: expect.stringMatching(new RegExp(`^cbit: cannot write .*: (?:${why}).* \\[CBIT-404\\]\\n {2}hint: `)) });
  });

  it("says why where the disk is full", () => {
    expect(cbit(`${CASE} -o /dev/full`)).toMatchObject({ exit: 6, err: expect.stringContaining("cannot write /dev/full: there is no space left [CBIT-404]") });
  });
});
