// SPDX-License-Identifier: MIT
/** File and line for what ended a test, where the kernel itself did not say. */

import type { SuiteResult, TestStop } from "../../kernel/index.ts";
import { definitionLine, FUNCTIONS } from "../build/places.ts";
import type { PatchedTree } from "../patch/prepare-tree.ts";
import type { Host } from "../host.ts";
import { GUEST_FOLDER } from "../lower/module.ts";

/** Where a thread waits: what it waits for is told by who called that. */
const WAITING = /^kernel\/(?:sched|time|locking)\//;

/** The results with the definition of the innermost kernel function as the place of stops that have none. */
export async function placeStops(host: Host, tree: PatchedTree, suites: readonly SuiteResult[]): Promise<SuiteResult[]> {
  if (!suites.some((s) => s.tests.some((t) => t.stop?.at === ""))) return [...suites];
  const files = JSON.parse(await host.readText(`${tree.directory}/${FUNCTIONS}`)) as Readonly<Record<string, string>>;
  const texts = new Map<string, string>();
  const patched = new Set(tree.patched?.files);
  const place = async (stop: TestStop): Promise<TestStop> => {
    for (const frame of stop.frames) {
      // Without what compiler or linker added to tell two static functions apart.
      const fn = frame.replace(/[. ].*$/, "");
      const file = files[fn];
      if (file === undefined || file.startsWith(GUEST_FOLDER) || (stop.reason.startsWith("deadlock") && WAITING.test(file))) continue;
      // A patch moves lines.
      if (patched.has(file)) return { ...stop, at: file };
      if (!texts.has(file)) texts.set(file, await host.readText(`${tree.manifest.source}/${file}`).catch(() => ""));
      const line = definitionLine(texts.get(file)!, fn);
      return { ...stop, at: line > 0 ? `${file}:${line}` : file };
    }
    return stop;
  };
  return Promise.all(suites.map(async (suite) => ({
    ...suite,
    tests: await Promise.all(suite.tests.map(async (test) => (test.stop?.at === "" ? { ...test, stop: await place(test.stop) } : test))),
  })));
}
