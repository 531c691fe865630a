// SPDX-License-Identifier: MIT
/** `cbit completion`: the script that teaches a shell cbit's commands, options and values. */

import type { Command } from "commander";
import { nearest } from "../base/index.ts";
import { script, SHELLS } from "./complete/scripts.ts";
import type { Context } from "./context.ts";
import { examples } from "./examples.ts";
import { usageError } from "./failure.ts";

function completion(name: string, context: Context): void {
  const shell = SHELLS.find((s) => s === name);
  if (shell === undefined) throw usageError(`there is no completion for "${name}"; nearest: ${nearest(name, SHELLS).join(", ")}`, `One of ${SHELLS.join(", ")}.`);
  context.out(script(shell));
}

/** Adds the command's options, help and action. */
export function define(command: Command, context: Context): void {
  command
    .description("Prints a script for a shell, which then completes commands, options, and what they take: machines with their options, devices, policies, kernels, files.")
    .argument("<shell>", SHELLS.join(", "))
    .action((shell: string) => completion(shell, context));
  examples(command, [
    "source <(cbit completion bash)    # zsh too; for all sessions in ~/.bashrc or ~/.zshrc",
    "cbit completion bash > ~/.local/share/bash-completion/completions/cbit",
    "cbit completion fish > ~/.config/fish/completions/cbit.fish",
  ]);
}
