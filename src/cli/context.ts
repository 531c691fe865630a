// SPDX-License-Identifier: MIT
/** What a command has to work with: where its output goes and how it looks. */

import { EXIT, type ExitCode } from "../base/index.ts";
import { createStyle, type Style } from "../report/style.ts";

export interface Context {
  /** True where `--json` or `--format json` is among the arguments: errors are printed as JSON too. */
  readonly json: boolean;
  /** For standard output. */
  readonly style: Style;
  out(text: string): void;
  err(text: string): void;
  /** One line on standard error that the next one replaces; only on a terminal. An empty text clears it. */
  progress(text: string): void;
  /** The exit code of the command; commands set it. */
  exit: ExitCode;
}

/** Text is for 80 columns even where the terminal is wider: it ends up in mails. Narrower ones are respected down to this. */
const MIN_WIDTH = 40;
const MAX_WIDTH = 80;

function wantsColor(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  if ((env["FORCE_COLOR"] ?? "") !== "") return env["FORCE_COLOR"] !== "0";
  // Pipes have no isTTY at all, whatever the types say.
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

/** What COLUMNS says, else the terminal, which may not know. */
function columnsOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): number {
  const named = Number(env["COLUMNS"] ?? 0);
  if (Number.isInteger(named) && named > 0) return named;
  return stream.isTTY === true && stream.columns > 0 ? stream.columns : MAX_WIDTH;
}

/** The context of a process. */
export function createContext(proc: NodeJS.Process, json: boolean): Context {
  const columns = columnsOf(proc.stdout, proc.env);
  const live = proc.stderr.isTTY === true && proc.env["TERM"] !== "dumb";
  return {
    json,
    style: createStyle(wantsColor(proc.stdout, proc.env), Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, columns))),
    out: (text) => void proc.stdout.write(text),
    err: (text) => void proc.stderr.write(text),
    progress: (text) => void (live && proc.stderr.write(`\r\x1b[K${text}`)),
    exit: EXIT.holds,
  };
}
