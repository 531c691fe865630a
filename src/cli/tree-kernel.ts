// SPDX-License-Identifier: MIT
/** `--kernel tree:PATH`. */

import { CbitError, EXIT } from "../base/index.ts";
import type { KernelFactory } from "../kernel/index.ts";

/** The factory of a kernel source folder. */
export async function treeFactory(path: string): Promise<KernelFactory> {
  throw new CbitError({ code: "CBIT-200", exit: EXIT.unsupported, message: `kernel tree:${path}: trees cannot be run yet`, hint: "--kernel model:6.12" });
}
