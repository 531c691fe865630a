// SPDX-License-Identifier: MIT
/** The cases in test/tree/cases: what is printed, and with which exit code, where a kernel source is wrong. */

import { describe, expect, inject, it } from "vitest";
import { casesBelow, tryCase } from "../support/markdown-cases.ts";

const source = inject("linux612");

describe.skipIf(source === null)("the command line, with a kernel source", () => {
  it.each(casesBelow("test/tree/cases").map((c) => [`${c.file}: ${c.title}`, c] as const))("%s", (_name, c) => {
    const { actual, expected } = tryCase(c, { LINUX: source!, CBIT_CACHE: inject("treeCache") });
    expect(actual).toEqual(expected);
  });
});
