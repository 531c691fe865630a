// SPDX-License-Identifier: MIT
/** The shells' scripts. Each asks `cbit __complete` and hands over what comes back; all that is known of cbit is there. */

import { readFileSync } from "node:fs";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

/** The script of a shell. It is shipped as it is, three folders above the built file. */
export function script(shell: Shell): string {
  return readFileSync(new URL(`../../../src/cli/complete/scripts/cbit.${shell}`, import.meta.url), "utf8");
}
