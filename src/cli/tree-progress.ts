// SPDX-License-Identifier: MIT
/** What is shown while a tree is prepared. */

import type { Progress } from "../tree/index.ts";
import type { Context } from "./context.ts";

/** The stage, and how much of it is done. */
export function treeProgress(context: Pick<Context, "progress">): Progress {
  return (stage, done, total) => context.progress(total === undefined ? stage : `${stage} ${done ?? 0}/${total}`);
}
