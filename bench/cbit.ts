// SPDX-License-Identifier: MIT
/** cbit's explorer on a model, as a whole fresh process: `explore.ts`. */

import { join } from "node:path";
import type { Built, Checker } from "./checker.ts";
import type { Explored } from "./explore.ts";
import type { Model } from "./models/model.ts";
import { type Lab, ROOT } from "./processes.ts";

export interface CbitOptions {
  readonly workers: number;
  /** True to have all threads from the first states on, whether that pays or not. */
  readonly atOnce?: boolean;
  readonly symmetry?: boolean;
}

export function cbit(lab: Lab, { workers, atOnce = false, symmetry = false }: CbitOptions): Checker {
  return {
    name: `cbit, ${workers} worker${workers === 1 ? "" : "s"}${atOnce ? " at once" : ""}${symmetry ? ", symmetry" : ""}`,
    build(model: Model, bug: boolean): Built {
      const flags = [...(bug ? ["--bug"] : []), ...(atOnce ? ["--at-once"] : []), ...(symmetry ? ["--symmetry"] : [])];
      const command = [process.execPath, join(ROOT, "dist-bench", "explore.js"), model.name, "--workers", String(workers), ...flags];
      return {
        seconds: 0,
        run() {
          const { stdout, seconds, cpuSeconds, rssBytes, status } = lab.run(command, ROOT, [0, 1]);
          const explored = JSON.parse(stdout) as Explored;
          return { ...explored, runSeconds: seconds, cpuSeconds, rssBytes, status };
        },
      };
    },
  };
}
