// SPDX-License-Identifier: MIT
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    reporters: ["default", "./test/support/totals-reporter.ts"],
    // The tests of trees compile and run kernels: two at a time is what a small machine bears.
    maxWorkers: process.env["CI"] === undefined ? 3 : 2,
    projects: [
      { test: { name: "unit", include: ["src/**/*.test.ts", "test/*.test.ts", "test/contract/**/*.test.ts", "test/fuzz/**/*.test.ts"] } },
      { test: { name: "cli", include: ["test/cli/**/*.test.ts", "test/docs/**/*.test.ts"], testTimeout: 60_000 } },
      {
        test: {
          name: "tree",
          include: ["test/tree/**/*.test.ts"],
          globalSetup: ["./test/support/kernel-source.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
