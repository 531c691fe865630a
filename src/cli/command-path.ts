// SPDX-License-Identifier: MIT
import type { Command } from "commander";

/** What a command is called with those above it: "cbit tree prepare". */
export function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
