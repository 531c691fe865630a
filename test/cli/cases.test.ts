// SPDX-License-Identifier: MIT
/** The cases in test/cli/cases: what is printed, and with which exit code, for everything that can be wrong without a kernel source. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { casesBelow, codesShown, tryCase } from "../support/markdown-cases.ts";

const CASES = casesBelow("test/cli/cases");

describe("the command line", () => {
  it.each(CASES.map((c) => [`${c.file}: ${c.title}`, c] as const))("%s", (_name, c) => {
    const { actual, expected } = tryCase(c);
    expect(actual).toEqual(expected);
  });

  it("has a case for every code of docs/reference/errors.md, here or in test/tree/cases", () => {
    const documented = [...readFileSync("docs/reference/errors.md", "utf8").matchAll(/^\| (CBIT-\d{3}) \|/gm)].map((m) => m[1]!);
    const shown = codesShown([...CASES, ...casesBelow("test/tree/cases")]);
    expect(documented.length).toBeGreaterThan(40);
    expect(documented.filter((code) => !shown.has(code))).toEqual([]);
  });

  it("has as exit code what docs/reference/errors.md says", () => {
    const exits = new Map([...readFileSync("docs/reference/errors.md", "utf8").matchAll(/^\| (CBIT-\d{3}) \| (\d+) \|/gm)].map((m) => [m[1]!, Number(m[2])]));
    const wrong = [...CASES, ...casesBelow("test/tree/cases")].filter((c) => {
      const code = /^cbit: [^]*\[(CBIT-\d{3})\]/.exec(c.stderr)?.[1];
      return code !== undefined && exits.get(code) !== c.exit;
    });
    expect(wrong.map((c) => `${c.file}: ${c.title}`)).toEqual([]);
  });
});
