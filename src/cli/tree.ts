// SPDX-License-Identifier: MIT
/** `cbit tree`: prepare, list and forget kernel trees. */

import type { Command } from "commander";
import type { Context } from "./context.ts";

/** Adds the subcommands. */
export function define(command: Command, _context: Context): void {
  command.description("Prepares kernel source folders for --kernel tree:PATH.");
}
