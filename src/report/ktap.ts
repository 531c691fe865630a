// SPDX-License-Identifier: MIT
/** Tests as KTAP, for `tools/testing/kunit/kunit.py parse`. Ref: Documentation/dev-tools/ktap.rst. */

import { type Suites, suiteStatus, type Test } from "./suites.ts";

/** One line, and no "#", which begins a directive. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").replaceAll("#", "-").trim();

function resultLine(status: Test["status"], number: number, name: string, reason: string): string {
  const why = oneLine(reason);
  return `${status === "not ok" ? "not ok" : "ok"} ${number} ${oneLine(name)}${status === "skip" ? ` # SKIP${why === "" ? "" : ` ${why}`}` : ""}`;
}

function testLines(test: Test, index: number): string[] {
  return [...test.lines.map((line) => `    # ${oneLine(test.name)}: ${oneLine(line)}`), `    ${resultLine(test.status, index + 1, test.name, test.reason)}`];
}

/** Suites as KTAP. Ends in a line break. */
export function ktap({ suites }: Suites): string {
  const lines = suites.flatMap((suite, i) => [
    "    KTAP version 1",
    `    # Subtest: ${oneLine(suite.name)}`,
    `    1..${suite.tests.length}`,
    ...suite.tests.flatMap(testLines),
    resultLine(suiteStatus(suite), i + 1, suite.name, ""),
  ]);
  return `${["KTAP version 1", `1..${suites.length}`, ...lines].join("\n")}\n`;
}
