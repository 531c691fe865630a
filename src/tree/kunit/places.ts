// SPDX-License-Identifier: MIT
/** File and line for what ended a test, where the kernel itself did not say. */

import type { SuiteResult, TestStop } from "../../kernel/index.ts";
import { definitionLine } from "../build/places.ts";
import type { Host } from "../host.ts";
import type { PatchedTree } from "../patch/prepare-tree.ts";

/** Where a thread waits: what it waits for is told by who called that. */
const WAITING = /^kernel\/(?:sched|time|locking)\//;

/** The results with the definition of the innermost kernel function as the place of stops that have none. */
export async function placeStops(host: Host, tree: PatchedTree, suites: readonly SuiteResult[]): Promise<SuiteResult[]> {
  if (!suites.some((s) => s.tests.some((t) => t.stop?.at === ""))) return [...suites];
  const patched = new Set(tree.patched?.files);
  const { source } = tree.manifest;
  const texts = await Promise.all(tree.manifest.files.map(async ({ file }) => [`${file}.c`, await host.readText(`${source}/${file}.c`).catch(() => "")] as const));
  const definition = (fn: string): { file: string; line: number } | null => {
    for (const [file, text] of texts) {
      const line = text.includes(`${fn}(`) ? definitionLine(text, fn) : 0;
      if (line > 0) return { file, line };
    }
    return null;
  };
  const place = (stop: TestStop): TestStop => {
    for (const frame of stop.frames) {
      // Without what compiler or linker added to tell two static functions apart.
      const found = definition(frame.replace(/[. ].*$/, ""));
      if (found === null || (stop.reason.startsWith("deadlock") && WAITING.test(found.file))) continue;
      // A patch moves lines.
      return { ...stop, at: patched.has(found.file) ? found.file : `${found.file}:${found.line}` };
    }
    return stop;
  };
  return suites.map((suite) => ({ ...suite, tests: suite.tests.map((test) => (test.stop?.at === "" ? { ...test, stop: place(test.stop) } : test)) }));
}
