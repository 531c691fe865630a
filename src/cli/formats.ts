// SPDX-License-Identifier: MIT
/** `--format`, `--json` and `--output`: which formats a command has, and where its output goes. */

import type { Command } from "commander";
import { nearest } from "../base/index.ts";
import { createStyle, type Style } from "../report/style.ts";
import type { Context } from "./context.ts";
import { usageError } from "./failure.ts";
import { single } from "./options.ts";
import { OutputFile } from "./output-file.ts";

const FORMATS = ["text", "json", "ktap", "junit", "sarif", "html", "mail"] as const;

/** How findings can be written down (docs/reference/formats.md). */
export type Format = (typeof FORMATS)[number];

/** The formats of each command. The two forms of `compare` are apart. */
interface Offered {
  readonly check: "text" | "json" | "ktap" | "junit" | "sarif" | "html" | "mail";
  readonly explain: "text" | "json" | "sarif" | "html" | "mail";
  readonly compare: "text" | "json" | "ktap" | "junit" | "sarif" | "html" | "mail";
  readonly "compare --policies": "text" | "json" | "html";
  readonly run: "text" | "json" | "ktap" | "junit" | "sarif" | "html";
  readonly kunit: "text" | "json" | "ktap" | "junit";
}

/** A command with formats. */
export type FormatCommand = keyof Offered;

/** As help lists them. */
const OFFERED: { readonly [C in FormatCommand]: readonly Offered[C][] } = {
  check: ["text", "json", "ktap", "junit", "sarif", "html", "mail"],
  explain: ["text", "json", "sarif", "html", "mail"],
  compare: ["text", "json", "ktap", "junit", "sarif", "html", "mail"],
  "compare --policies": ["text", "json", "html"],
  run: ["text", "json", "ktap", "junit", "sarif", "html"],
  kunit: ["text", "json", "ktap", "junit"],
};

/** The formats of a command by its name; none where it has no --format. */
export function formatsOf(command: string): readonly Format[] {
  return Object.hasOwn(OFFERED, command) ? OFFERED[command as FormatCommand] : [];
}

/** What a command prints in each of its formats. */
export type Printers<C extends FormatCommand> = Readonly<Record<Offered[C], (style: Style) => string | Promise<string>>>;

export interface FormatOptions {
  readonly format?: string;
  readonly json?: boolean;
  readonly output?: string;
}

/** Where one output goes. Made before anything is searched, so that a wrong option is told at once. */
export interface Output<C extends FormatCommand> {
  readonly format: Offered[C];
  /** Prints what the command has for the format. @throws CbitError (CBIT-404) where the file of --output cannot be written */
  print(printers: Printers<C>): Promise<void>;
  /** Prints something that has one form only. @param what names it on standard error @throws CbitError (CBIT-404) */
  write(what: string, text: string): void;
}

/** Adds the three options to a command. @param schema what --json prints, "cbit.check/1" */
export function formatOptions(command: Command, name: FormatCommand, schema: string): Command {
  return command
    .option("--format <FORMAT>", `${OFFERED[name].slice(0, -1).join(", ")} or ${OFFERED[name].at(-1)!} (default: text)`, single("--format"))
    .option("--json", `print ${schema}: short for --format json`)
    .option("-o, --output <FILE>", "write to this file instead of standard output", single("--output"));
}

/** @throws CbitError (exit 2) for a format that is unknown, or that the command does not have */
function formatNamed<C extends FormatCommand>(name: C, { format, json }: FormatOptions): Offered[C] {
  if (json === true && format !== undefined && format !== "json") throw usageError(`--json contradicts --format ${format}`, "Name one of them.");
  const wanted = json === true ? "json" : (format ?? "text");
  const offered: readonly Format[] = OFFERED[name];
  const found = offered.find((f) => f === wanted);
  if (found !== undefined) return found as Offered[C];
  const has = `cbit ${name} has ${offered.join(", ")}.`;
  const others = Object.entries(OFFERED).filter(([, formats]) => (formats as readonly string[]).includes(wanted)).map(([command]) => command);
  if (others.length === 0) throw usageError(`unknown format "${wanted}"; nearest: ${nearest(wanted, offered, 2).join(", ")}`, has);
  throw usageError(`cbit ${name} has no format ${wanted}`, `${has} ${others.join(", ")} ${others.length === 1 ? "has" : "have"} ${wanted}.`);
}

/**
 * Looks at the options.
 * @throws CbitError: exit 2 for a format that the command does not have, 6 (CBIT-404) for a file that cannot be written
 */
export function outputOf<C extends FormatCommand>(name: C, options: FormatOptions, context: Context): Output<C> {
  const format = formatNamed(name, options);
  const file = options.output === undefined || options.output === "-" ? null : new OutputFile(options.output);
  // What goes into a file is for no terminal.
  const style = file === null ? context.style : createStyle(false);
  const write = (what: string, text: string): void => {
    if (file === null) return context.out(text);
    file.write(text);
    context.progress("");
    context.err(`cbit: ${what} written to ${file.path}\n`);
  };
  return { format, write, print: async (printers) => write(format, await printers[format](style)) };
}
