// SPDX-License-Identifier: MIT
/**
 * `cbit __complete`: what may stand at the cursor, for the shells' scripts. Commands and options are those of the parser itself, values
 * those of the tables that it reads, so that nothing has to be kept up to date beside them.
 */

import type { Command, Option } from "commander";
import { pathOf } from "../command-path.ts";
import { type Candidate, candidateLines, plainly } from "./candidate.ts";
import { wordsOf } from "./words.ts";

const optionOf = (command: Command, flag: string): Option | undefined => command.options.find((o) => o.long === flag || o.short === flag);

/** Where the cursor is. */
interface Place {
  readonly command: Command;
  /** The option whose value is typed; null elsewhere. */
  readonly option: Option | null;
  /** Arguments in front of the cursor. */
  readonly position: number;
  /** Behind `--`: no options any more. */
  readonly bare: boolean;
}

/** Goes along the words in front of the cursor; null where they name no command. */
function placeOf(program: Command, words: readonly string[]): Place | null {
  let place: Place = { command: program, option: null, position: 0, bare: false };
  for (const word of words) {
    const { command, option, position, bare } = place;
    if (option !== null) place = { ...place, option: null };
    else if (!bare && word === "--") place = { ...place, bare: true };
    else if (!bare && word.startsWith("-")) {
      const found = optionOf(command, word);
      if (found?.required === true) place = { ...place, option: found };
    } else if (command.commands.length === 0) place = { ...place, position: position + 1 };
    else {
      const sub = command.commands.find((c) => c.name() === word);
      if (sub === undefined) return null;
      place = { command: sub, option: null, position: 0, bare };
    }
  }
  return place;
}

async function valuesFor(command: Command, option: Option, typed: string): Promise<readonly Candidate[]> {
  if (option.long === "--format") return plainly((await import("../formats.ts")).formatsOf(command.name()));
  return (await (await import("./taken.ts")).OPTION_VALUES[option.long!]?.(typed)) ?? [];
}

function flags(command: Command, typed: string): Candidate[] {
  const visible = command.createHelp().visibleOptions(command);
  return visible.flatMap((o) => [...(o.long === undefined ? [] : [{ value: o.long, title: o.description }]), ...(o.short === undefined || typed.startsWith("--") ? [] : [{ value: o.short, title: o.description }])]);
}

async function candidates({ command, option, position, bare }: Place, typed: string): Promise<readonly Candidate[]> {
  if (option !== null) return valuesFor(command, option, typed);
  if (!bare && typed.startsWith("-")) {
    const equals = typed.indexOf("=") + 1;
    if (equals === 0) return flags(command, typed);
    const named = optionOf(command, typed.slice(0, equals - 1));
    if (named?.required !== true) return [];
    return (await valuesFor(command, named, typed.slice(equals))).map(({ value, title }) => ({ value: typed.slice(0, equals) + value, title }));
  }
  if (command.commands.length > 0) {
    const help = command.parent === null ? [{ value: "help", title: "the help of a command" }] : [];
    return [...command.commands.map((c) => ({ value: c.name(), title: c.summary() || c.description() })), ...help];
  }
  // Names of commands and options come without the tables.
  const taken = (await import("./taken.ts")).ARGUMENT_VALUES[pathOf(command)] ?? [];
  const variadic = command.registeredArguments.at(-1)?.variadic === true;
  if (position >= taken.length && !variadic) return flags(command, typed);
  return taken[Math.min(position, taken.length - 1)]?.(typed) ?? [];
}

/** Asked for `--line LINE` (all of the line up to the cursor), or `-- WORDS` (those behind the command's name, the last one unfinished). */
export async function complete(args: readonly string[], programOf: (name: string | null) => Promise<Command>): Promise<string> {
  const words = args[0] === "--line" ? wordsOf(args[1] ?? "").slice(1) : args.slice(1);
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  // "cbit help tree" is about the same commands.
  const asked = before[0] === "help" ? before.slice(1) : before;
  const program = await programOf(asked.find((w) => !w.startsWith("-")) ?? null);
  const place = placeOf(program, asked);
  const found = place === null || (before[0] === "help" && asked.length > 0 && place.command.commands.length === 0) ? [] : await candidates(place, typed);
  // The typed word goes first for a shell that was given a line.
  return (args[0] === "--line" ? `${typed}\n` : "") + candidateLines(found, typed);
}
