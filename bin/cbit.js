#!/usr/bin/env node
// SPDX-License-Identifier: MIT
// Starts the built command line. `npm ci` builds it; a checkout that was not built says so.
import { existsSync } from "node:fs";

const entry = new URL("../dist/cli/main.js", import.meta.url);
if (existsSync(entry)) {
  const { main } = await import(entry.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.stderr.write("cbit: not built yet: dist/cli/main.js is missing\n  hint: npm run build\n");
  process.exitCode = 6;
}
