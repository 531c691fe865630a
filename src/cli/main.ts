// SPDX-License-Identifier: MIT
/** Entry of the command line: arguments in, exit code out. */

import { EXIT } from "../base/index.ts";
import { type Context, createContext } from "./context.ts";
import { errnoText } from "./errno.ts";
import { listen } from "./interrupts.ts";
import { version } from "./version.ts";

/** True where errors are to be printed as JSON too: `--json`, or what it is short for. */
function wantsJson(args: readonly string[]): boolean {
  return args.some((arg, i) => arg === "--json" || arg === "--format=json" || (arg === "json" && args[i - 1] === "--format"));
}

/** Runs one command. @param args what stands behind "cbit" @returns the exit code (docs/reference/exit-codes.md) */
export async function main(args: readonly string[]): Promise<number> {
  const context: Context = createContext(process, wantsJson(args));
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      // The reader of a pipe has gone: nobody is left to tell.
      if (error.code === "EPIPE") process.exit(context.exit);
      if (stream === process.stdout) context.err(`cbit: the output cannot be written: ${errnoText(error)} [CBIT-401]\n  hint: What was found is lost with it; write it where there is room.\n`);
      process.exit(EXIT.environment);
    });
  }
  listen();
  if (args.length === 1 && (args[0] === "--version" || args[0] === "-V")) {
    context.out(`${version()}\n`);
    return context.exit;
  }
  if (args[0] === "__complete") {
    // A shell waits, with half a line: whatever is wrong with that is none of its business.
    const [{ complete }, { programOf }] = await Promise.all([import("./complete/complete.ts"), import("./program.ts")]);
    context.out(await complete(args.slice(1), (name) => programOf(name, context)).catch(() => ""));
    return context.exit;
  }
  try {
    // Loaded late: nothing of it is needed for the version.
    const { run } = await import("./program.ts");
    await run(args, context);
  } catch (error) {
    const { toFailure } = await import("./failure.ts");
    const failure = toFailure(error, args);
    if (context.json) context.out(failure.json);
    context.err(failure.text);
    return failure.exit;
  }
  return context.exit;
}
