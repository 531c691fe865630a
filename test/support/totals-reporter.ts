// SPDX-License-Identifier: MIT
/** Prints the totals as the last line of standard output: "12 passed, 0 failed", with ", 3 skipped" where some were. */

import { writeSync } from "node:fs";
import type { Reporter, TestCase, TestModule } from "vitest/node";

export default class TotalsReporter implements Reporter {
  private line = "";

  constructor() {
    // After all that other reporters still have to say.
    process.on("exit", () => {
      if (this.line !== "") writeSync(1, `${this.line}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const totals = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) totals[stateOf(test)]++;
      // A file that could not be loaded, or whose hooks failed, fails without a failed test of its own.
      if (module.state() === "failed" && [...module.children.allTests("failed")].length === 0) totals.failed++;
    }
    this.line = `${totals.passed} passed, ${totals.failed} failed${totals.skipped === 0 ? "" : `, ${totals.skipped} skipped`}`;
  }
}

function stateOf(test: TestCase): "passed" | "failed" | "skipped" {
  const { state } = test.result();
  return state === "pending" ? "skipped" : state;
}
