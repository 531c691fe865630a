// SPDX-License-Identifier: MIT
/** The tables of the reference pages say what the sources say. `npm run reference` writes them, and the schemas of users' files. */

import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DRIVERS } from "../../src/linux/index.ts";
import { deviceSchema, machineSchema } from "../../src/scenarios/index.ts";
import { REFERENCE, withTables } from "../support/reference.ts";

const WRITE = process.env["CBIT_WRITE_REFERENCE"] === "1";

describe("tables of the reference pages", () => {
  it.each(Object.entries(REFERENCE))("%s is up to date: run `npm run reference` where it is not", { timeout: 300_000 }, (path, tables) => {
    const page = withTables(readFileSync(path, "utf8"), tables);
    if (WRITE) writeFileSync(path, page);
    expect(readFileSync(path, "utf8")).toBe(page);
  });

  it.each([
    ["docs/schemas/cbit.device-1.json", deviceSchema(DRIVERS)],
    ["docs/schemas/cbit.machine-1.json", machineSchema()],
  ])("%s too", (path, schema) => {
    const text = `${JSON.stringify(schema, null, 2)}\n`;
    if (WRITE) writeFileSync(path, text);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("have their own places in a page", () => {
    expect(withTables("a\n<!-- x: npm run reference -->\nold\n<!-- end -->\nb", { x: () => "new" })).toBe("a\n<!-- x: npm run reference -->\n\nnew\n\n<!-- end -->\nb");
    expect(() => withTables("a", { x: () => "new" })).toThrow('no place for the table "x"');
  });
});
