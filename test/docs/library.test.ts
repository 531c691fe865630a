// SPDX-License-Identifier: MIT
/** The package as a library: its names are described, and its example runs and prints what the page shows. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { publicNames } from "../support/public-names.ts";

const PAGE = readFileSync("docs/reference/library.md", "utf8");

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

  it("has an example that prints what the page shows", () => {
    const [, code] = readFileSync("docs/examples/library.mjs", "utf8").split(/^[^\n]*\n([^]*)/);
    expect(PAGE).toContain(`\`\`\`js\n${code}\`\`\`\n`);
    expect(code!.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("//")).length).toBeLessThanOrEqual(20);
    const { status, stdout, stderr } = spawnSync(process.execPath, ["docs/examples/library.mjs"], { encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(PAGE).toContain(`\`\`\`\n${stdout}\`\`\`\n`);
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
