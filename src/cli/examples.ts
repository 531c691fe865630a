// SPDX-License-Identifier: MIT
/** The examples that every command's help ends with. */

import type { Command } from "commander";

/** Three examples below a command's help. */
export function examples(command: Command, lines: readonly [string, string, string]): void {
  command.addHelpText("after", `\nExamples:\n${lines.map((l) => `  $ ${l}`).join("\n")}`);
}
