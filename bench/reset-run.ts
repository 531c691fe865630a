// SPDX-License-Identifier: MIT
/**
 * `node dist-bench/reset-run.js TREE CACHE`: boots a prepared tree, runs operations on it, puts it back to the state after boot, and prints
 * the seconds that one reset took, on average, as JSON.
 */

import { readFileSync } from "node:fs";
import { createHost } from "../dist/cli/host.js";
import { DRIVERS } from "../dist/linux/index.js";
import { parseMachine } from "../dist/scenarios/index.js";
import { createTreeFactory, prepareTree } from "../dist/tree/index.js";

const ROUNDS = 500;

const [path, cache] = process.argv.slice(2) as [string, string];
const tree = await prepareTree(createHost("bench"), path, { cacheDirectory: cache });
const factory = createTreeFactory(path, readFileSync(tree.wasmPath), tree.manifest);
const kernel = factory.create(parseMachine("sev")[0]!, DRIVERS.find((d) => d.name === "vmwgfx")!);
const start = kernel.save();
let seconds = 0;
for (let i = 0; i < ROUNDS; i++) {
  kernel.apply({ op: "bo_create", buf: 0, pages: 4 });
  kernel.apply({ op: "bo_populate", buf: 0 });
  const mapped = kernel.apply({ op: "bo_vmap", buf: 0 });
  if (mapped.outcome !== "done") throw new Error(`bo_vmap: ${JSON.stringify(mapped)}`);
  kernel.save();
  const from = performance.now();
  kernel.restore(start);
  seconds += (performance.now() - from) / 1000;
}
process.stdout.write(`${JSON.stringify({ seconds: seconds / ROUNDS })}\n`);
