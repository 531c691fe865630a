// SPDX-License-Identifier: MIT
/** Litmus files: reading them, running them. */

import { CbitError } from "../../base/index.ts";
import type { Litmus, Run } from "./litmus.ts";
import { type Catalogue, type Prepared, prepareLitmus } from "./run.ts";

export { parseLitmus } from "./parse.ts";
export { deviceSpec } from "./devices.ts";
export type { Litmus, Run } from "./litmus.ts";
export type { Broken, Catalogue, Difference, Prepared, RunResult, ToldStep } from "./run.ts";

/** A file, ready to run. @throws CbitError for a kernel or a device that is not known, with file and line */
export function prepare(litmus: Litmus, catalogue: Catalogue): Prepared {
  return prepareLitmus(litmus, catalogue, (run: Run, error: unknown) => {
    if (!(error instanceof CbitError)) throw error;
    throw new CbitError({ code: error.code, exit: error.exit, message: `${litmus.file}:${run.line}: ${error.message}`, ...(error.hint === undefined ? {} : { hint: error.hint }), cause: error });
  });
}
