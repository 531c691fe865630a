// SPDX-License-Identifier: MIT
/** Errors on their way out: what is printed, and the exit code. */

import { CbitError, EXIT, type ExitCode } from "../base/index.ts";
import { errorJson } from "../report/error-json.ts";
import { version } from "./version.ts";

export interface Failure {
  readonly exit: ExitCode;
  /** For standard error. */
  readonly text: string;
  /** For standard output, with `--json`. */
  readonly json: string;
}

/** A mistake in the arguments that commander or a command found. */
export function usageError(message: string, hint: string): CbitError {
  return new CbitError({ code: "CBIT-100", exit: EXIT.usage, message, hint });
}

/** What to print of an error. Everything that is no `CbitError` is a bug of ours. */
export function toFailure(error: unknown, args: readonly string[]): Failure {
  if (error instanceof CbitError) {
    const hint = error.hint ?? null;
    return {
      exit: error.exit,
      text: `cbit: ${error.message} [${error.code}]\n${hint === null ? "" : `  hint: ${hint}\n`}`,
      json: errorJson({ code: error.code, message: error.message, hint }),
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? (error.stack ?? message) : message;
  const hint = "This is a bug of cbit. Please report it with the lines above.";
  return {
    exit: EXIT.internal,
    text: `cbit: internal error [CBIT-900]: ${stack}\n  cbit ${version()}, node ${process.version}, arguments: ${JSON.stringify(args)}\n  hint: ${hint}\n`,
    json: errorJson({ code: "CBIT-900", message, hint }),
  };
}
