// SPDX-License-Identifier: MIT
// What `cbit list services` says of the guest is complete: every C file of ours is there, and nothing else.
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SERVICES, SHIMS } from "../src/tree/index.ts";

describe("what a prepared tree has that is not the kernel's", () => {
  it("lists every C file of src/tree/guest", () => {
    const files = readdirSync("src/tree/guest", { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".c"));
    expect(SHIMS.map((s) => s.file).sort()).toEqual(files.sort());
  });

  it("gives each service and each shim a reason", () => {
    const silent = [...SERVICES.values(), ...SHIMS].filter(({ reason }) => !/\w{3}/.test(reason));
    expect(silent).toEqual([]);
  });
});
