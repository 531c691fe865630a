// SPDX-License-Identifier: MIT
/** The commands, and commander set up so that its complaints are ours. A command's code is loaded when it is used. */

import { Command, CommanderError, type Help } from "commander";
import { nearest } from "../base/index.ts";
import { count, wrap } from "../report/wrap.ts";
import { pathOf } from "./command-path.ts";
import type { Context } from "./context.ts";
import { examples } from "./examples.ts";
import { usageError } from "./failure.ts";
import { version } from "./version.ts";

/** A command's file: it adds arguments, options, help and action to `command`. */
export interface CommandModule {
  define(command: Command, context: Context): void;
}

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<CommandModule>;
}

const COMMANDS: readonly CommandEntry[] = [
  { name: "check", summary: "verdicts for machines and devices, with the shortest counterexamples", load: () => import("./check.ts") },
  { name: "explain", summary: "one counterexample step by step, or a replayed token", load: () => import("./explain.ts") },
  { name: "explore", summary: "one configuration within your bounds, random walks, or the machine state along a token", load: () => import("./explore.ts") },
  { name: "run", summary: "litmus files: stories of operations with what must come of them", load: () => import("./run.ts") },
  { name: "compare", summary: "two kernels, or all mapping policies, case by case", load: () => import("./compare.ts") },
  { name: "kunit", summary: "a kernel tree's own KUnit suites on simulated machines", load: () => import("./kunit.ts") },
  { name: "list", summary: "machines, devices, policies, rules and workloads", load: () => import("./list.ts") },
  { name: "tree", summary: "prepare, list and forget kernel trees", load: () => import("./tree.ts") },
  { name: "completion", summary: "completion of commands, options and values for bash, zsh and fish", load: () => import("./completion.ts") },
  { name: "doctor", summary: "what is missing on this computer, with the command that installs it", load: () => import("./doctor.ts") },
];

export const COMMAND_NAMES: readonly string[] = COMMANDS.map((c) => c.name);

const SEE_HELP = "`cbit --help` lists the commands, `cbit COMMAND --help` the options of one.";

/** Thrown by commander, with the command that it was about. */
interface Complaint {
  readonly error: CommanderError;
  readonly command: Command;
}

const ITEM = "  ";

/** An option or a command with its description, beside it where that leaves room for words, else below it. */
function helpItem(this: Help, term: string, termWidth: number, description: string, helper: Help): string {
  const width = helper.helpWidth ?? 80;
  if (description === "") return ITEM + term;
  const beside = ITEM.length + termWidth + 2;
  if (beside <= width / 2) return wrap(description, width, `${ITEM}${term}`.padEnd(beside));
  return `${ITEM}${term}\n${wrap(description, width, `${ITEM}    `)}`;
}

/** Makes commander throw instead of exit, for a command and for those that it gets later. */
function prepare(command: Command, context: Context): Command {
  command.configureOutput({ writeOut: context.out, writeErr: () => undefined, getOutHelpWidth: () => context.style.width });
  command.configureHelp({ minWidthToWrap: 16, formatItem: helpItem });
  command.exitOverride((error) => {
    throw Object.assign(error, { cbitCommand: command });
  });
  command.helpOption("-h, --help", "show this help");
  for (const sub of command.commands) prepare(sub, context);
  return command;
}

/** Names that may have been meant, as the end of a message. */
function meant(name: string, known: readonly string[]): string {
  return `; nearest: ${nearest(name, known).join(", ")}`;
}

/** What an argument or an option's value is, as the end of a message. */
const about = (term: string, description: string): string => `${term}${description === "" ? "" : `, ${description.replace(/;.*$/s, "")}`}`;

/** '"tree prepare"'. */
const quoted = (command: Command): string => `"${pathOf(command).replace(/^cbit /, "")}"`;

/** Words too few or too many, with what belongs there; null for other complaints. */
function misuse(code: string, command: Command): string | null {
  const takes = command.registeredArguments;
  if (code === "commander.missingArgument") {
    const missing = takes.find((a, i) => a.required && command.args[i] === undefined);
    return missing === undefined ? null : `${quoted(command)} needs ${about(`<${missing.name()}>`, missing.description)}`;
  }
  if (code !== "commander.excessArguments") return null;
  const extra = command.args.slice(takes.length).map((word) => `"${word}"`).join(" ");
  return `${quoted(command)} takes ${takes.length === 0 ? "no words" : count(takes.length, "word")} but options, and got ${extra}`;
}

/** Commander's complaint in our words. @param called the command that was named, null where none was */
function complaint({ error, command }: Complaint, called: string | null): Error {
  const hint = command.parent === null ? SEE_HELP : `\`${pathOf(command)} --help\` shows what it takes.`;
  const names = command.commands.map((c) => c.name());
  const misused = misuse(error.code, command);
  if (misused !== null) return usageError(misused, hint);
  if (error.code === "commander.help") return usageError(`${quoted(command)} needs one of its commands: ${names.join(", ")}`, hint);
  const message = error.message.replace(/^error: /, "").split("\n")[0]!.replaceAll("'", '"').replace(/\.$/, "");
  const name = /"([^"]*)"/.exec(message)?.[1] ?? "";
  if (error.code === "commander.optionMissingArgument") {
    const option = command.options.find((o) => o.flags === name);
    return usageError(option === undefined ? message : `${option.long ?? name} needs ${about(/<.*>/.exec(option.flags)?.[0] ?? "a value", option.description)}`, hint);
  }
  if (error.code === "commander.unknownCommand") return usageError(message + meant(name, names), hint);
  if (error.code !== "commander.unknownOption") return usageError(message, hint);
  if (command.parent === null && called !== null) return usageError(message, `Options stand behind the command: cbit ${called} ${name}`);
  const options = command.createHelp().visibleOptions(command).map((o) => o.long ?? o.flags);
  return usageError(message + meant(name.split("=")[0]!, options), hint);
}

/** The name of the command among the arguments; null where there is none. @throws CbitError for one that is unknown */
function commandOf(args: readonly string[]): string | null {
  const words = args.filter((a) => !a.startsWith("-"));
  const names = COMMANDS.map((c) => c.name);
  if (args[0]?.startsWith("-")) return words.find((w) => names.includes(w)) ?? null;
  const name = words[0] === "help" ? words[1] : words[0];
  if (name === undefined) return null;
  if (names.includes(name)) return name;
  throw usageError(`unknown command "${name}"; nearest: ${nearest(name, names, 2).join(", ")}`, SEE_HELP);
}

/** The commands, with the arguments and options of one of them. @param name null for none */
export async function programOf(name: string | null, context: Context): Promise<Command> {
  const program = new Command("cbit");
  program
    .description("Do CPU, device and host each see the bytes they should on a memory-encrypted machine?")
    .version(version(), "-V, --version", "show the version")
    .helpCommand("help [command]", "show the help of a command");
  examples(program, ["cbit check", "cbit explain amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read", "cbit list machines"]);
  for (const entry of COMMANDS) {
    const command = program.command(entry.name).summary(entry.summary).description(entry.summary);
    if (entry.name === name) (await entry.load()).define(command, context);
  }
  return prepare(program, context);
}

/** Runs the command that the arguments name. @throws CbitError for what the user did wrong */
export async function run(args: readonly string[], context: Context): Promise<void> {
  const [first, second] = args;
  if ((first === "--help" || first === "-h") && second !== undefined && !second.startsWith("-")) return run(["help", ...args.slice(1)], context);
  const name = commandOf(args);
  const program = await programOf(name, context);
  if (args.length === 0) throw usageError("no command given", SEE_HELP);
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return;
    throw complaint({ error, command: (error as CommanderError & { cbitCommand: Command }).cbitCommand }, name);
  }
}
