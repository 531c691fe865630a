// SPDX-License-Identifier: MIT
import { expect, it } from "vitest";
import type { SuiteResult, TestStop } from "../../kernel/index.ts";
import type { Host } from "../host.ts";
import type { PatchedTree } from "../patch/prepare-tree.ts";
import { placeStops } from "./places.ts";

const TEXTS: Readonly<Record<string, string>> = {
  "/src/kernel/time/timer.c": "\nsigned long __sched schedule_timeout(signed long timeout)\n{\n}\n",
  "/src/a.c": "static int helper(int);\n\nstatic int helper(int n)\n{\n}\n\nvoid waits(void)\n{\n\thelper(1);\n}\n",
};
const host = { readText: (path: string) => Promise.resolve(TEXTS[path] ?? "") } as Partial<Host> as Host;
const tree = (patched: readonly string[]): PatchedTree => ({ manifest: { source: "/src", files: [{ file: "kernel/time/timer" }, { file: "a" }] }, patched: { files: patched } }) as unknown as PatchedTree;
const suite = (stop: TestStop | null): SuiteResult => ({ name: "s", head: [], tests: [{ name: "t", status: "not ok", comment: "", parameters: [], log: [], warnings: [], stop, alone: null }] });

it.each([
  ["the definition of the innermost function", "trap", ["helper.12", "waits"], [], "a.c:3"],
  ["what waits, where nothing can go on", "deadlock: all", ["schedule_timeout", "waits"], [], "a.c:7"],
  ["past the glue and inlined copies", "trap", ["unknown_to_the_tree", "helper (3 times)"], [], "a.c:3"],
  ["no line in a file that a patch changes", "trap", ["helper"], ["a.c"], "a.c"],
  ["nothing where no function is known", "trap", ["nobody"], [], ""],
])("places a stop: %s", async (_what, reason, frames, patched, at) => {
  const [placed] = await placeStops(host, tree(patched), [suite({ reason, at: "", frames })]);
  expect(placed!.tests[0]!.stop).toEqual({ reason, at, frames });
});

it("leaves places that the kernel said", async () => {
  const stop = { reason: "kernel BUG", at: "b.c:1", frames: ["helper"] };
  expect((await placeStops(host, tree([]), [suite(stop)]))[0]!.tests[0]!.stop).toEqual(stop);
});
