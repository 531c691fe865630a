// SPDX-License-Identifier: MIT
/** Every help page has three examples, and they run. Those that take a kernel source are run by test/tree/help-examples.test.ts. */

import { afterAll, describe, expect, it } from "vitest";
import { ExamplePlace, helpExamples, takesTree } from "../support/help-examples.ts";

const examples = await helpExamples();
const place = new ExamplePlace(null, null);
afterAll(() => place.remove());

describe("help", () => {
  it("has three examples on every page", () => {
    const pages = new Map<string, number>();
    for (const { page } of examples) pages.set(page, (pages.get(page) ?? 0) + 1);
    expect(pages.size).toBeGreaterThan(12);
    expect([...pages].filter(([, n]) => n !== 3)).toEqual([]);
  });

  // 0 holds, 1 broken, 4 a bound or walks: each of them is an answer.
  it.each([...new Set(examples.filter((e) => !takesTree(e)).map((e) => e.line))])("runs: %s", { timeout: 120_000 }, (line) => {
    const { exit, err } = place.run(line);
    expect([0, 1, 4]).toContain(exit);
    expect(err.replace(/^cbit: \w+ written to .*\n$/, "")).toBe("");
  });
});
