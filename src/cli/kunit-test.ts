// SPDX-License-Identifier: MIT
/** `cbit explain --kunit`: the kernel that a test is for, and where the patch goes. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CbitError, EXIT } from "../base/index.ts";
import type { CaseResult } from "../check/index.ts";
import { type ExplainReport, kunitTest, type KunitTestOptions } from "../report/index.ts";
import { inspectSource } from "../tree/index.ts";
import type { Output } from "./formats.ts";
import { createHost } from "./host.ts";
import { parseTreeSpec, treeOf } from "./tree-spec.ts";
import { version } from "./version.ts";

/** There is no finding to write a test for (exit 5). */
export function nothingToTest(id: string, { verdict }: CaseResult): CbitError {
  return new CbitError({
    code: "CBIT-303",
    exit: EXIT.unsupported,
    message: `--kunit: there is no ${id}: the case ${verdict === "broken" ? "has other findings" : verdict === "holds" ? "holds" : `is ${verdict}`}`,
    hint: "`cbit check` prints the ids of all findings.",
  });
}

async function target(kernel: string): Promise<KunitTestOptions> {
  const tree = treeOf(kernel);
  if (tree === null) return { release: /^model:(\d+\.\d+)/.exec(kernel)?.[1] ?? kernel, version: version() };
  const { path, release } = await inspectSource(createHost(version()), parseTreeSpec(tree).path);
  const makefile = (name: string): string | null => {
    try {
      return readFileSync(join(path, name), "utf8");
    } catch {
      return null;
    }
  };
  return { release, makefile, version: version() };
}

/** Writes the patch. The exit code is that of a report that was written: 0. @throws CbitError (CBIT-303) for what no test can show */
export async function writeTest(report: ExplainReport, output: Output<"explain">): Promise<void> {
  const patch = kunitTest(report, await target(report.trace.kernel));
  output.write("patch", patch);
}
