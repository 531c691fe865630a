// SPDX-License-Identifier: MIT
/** The package as a library: its names are described. That its example prints what the page shows is tested with all other snippets. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { publicNames } from "../support/public-names.ts";

describe("the library", () => {
  const names = ["src/api/index.ts", "src/cli/node-library.ts"].flatMap(publicNames);

  it("describes every public name where it is declared", () => {
    expect(names.filter((n) => n.doc.length < 10).map((n) => `${n.file}: ${n.name}`)).toEqual([]);
    expect(names.length).toBeGreaterThan(80);
  });

  it("exports what the sources list, as built", async () => {
    const built = (await import(new URL("../../dist/api/index.js", import.meta.url).href)) as object;
    expect(Object.keys(built).sort()).toEqual(publicNames("src/api/index.ts").filter((n) => n.kind !== "type").map((n) => n.name).sort());
  });

  it("has an example of twenty lines", () => {
    const lines = readFileSync("docs/examples/library.mjs", "utf8").split("\n");
    expect(lines.filter((line) => line.trim() !== "" && !line.startsWith("//")).length).toBeLessThanOrEqual(20);
  });

  it("needs nothing of Node but for trees", () => {
    const seen = new Set<string>();
    const importsOf = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      for (const [, name] of readFileSync(file, "utf8").matchAll(/^(?:import|export) (?!type )[^;]*?from "([^"]+)";/gm)) {
        expect(`${file}: ${name!}`).not.toMatch(/: (?:node:|\.\.\/(?:cli|tree)\/)/);
        if (name!.startsWith(".")) importsOf(new URL(name!, new URL(file, "file:///")).pathname.slice(1));
      }
    };
    importsOf("src/api/index.ts");
    expect(seen.size).toBeGreaterThan(150);
  });
});
