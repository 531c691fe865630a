// SPDX-License-Identifier: MIT
/** The errors of preparing a tree. */

import { CbitError, EXIT } from "../../base/index.ts";

/** For hints: what is tested. */
export const KNOWN_TO_WORK = "Known to work: Linux 6.1 and 6.12.";

/** The folder is not a kernel tree that can be used (exit 3). */
export function badTree(message: string, hint: string): CbitError {
  return new CbitError({ code: "CBIT-201", exit: EXIT.tree, message, hint });
}

/** True where a program's messages say that the disk is full. */
export function diskFull(output: string): boolean {
  return /No space left on device|Disk quota exceeded/.test(output);
}

/** The disk is full (exit 6). */
export function noSpace(folder: string): CbitError {
  return unusableCache(`cannot write to ${folder}: no space is left`);
}

/** Headers of programs that kbuild makes for itself; with Debian's package. */
const HEADERS = [
  { header: /'(?:gelf|libelf)\.h' file not found/, package: "libelf-dev" },
  { header: /'openssl\/\w+\.h' file not found/, package: "libssl-dev" },
  { header: /'(?:assert|ctype|errno|limits|stdarg|stdio|stdlib|string|unistd|sys\/\w+)\.h' file not found/, package: "libc6-dev" },
] as const;

/** What ends a build, best first: the compiler, make or Kconfig with a place, anybody else, and last make about a command of its own. */
const CAUSES = [/\berror:|\bfatal:/i, /\*\*\* (?!\[.*\] Error \d)/, /^[^:\s]+:\d+: /, /(?<!\*\*\*.*)\b(?:error|cannot|no such file|not found)\b/i, /\*\*\*/] as const;

/** The line of a build's messages that says why it ended. */
export function firstCause(output: string): string {
  const lines = output.split("\n").map((l) => l.trim()).filter((l) => l !== "");
  for (const cause of CAUSES) {
    const found = lines.find((line) => cause.test(line));
    if (found !== undefined) return found;
  }
  return lines.at(-1) ?? "no output";
}

/**
 * kbuild stopped (exit 3, or 6 where the disk is full or a header of the computer is missing). The line that says why is quoted.
 * @param build the folder that it wrote to
 */
export function buildFailed(what: string, output: string, hint: string, build: string): CbitError {
  if (diskFull(output)) return noSpace(build);
  const first = firstCause(output);
  const missing = HEADERS.find(({ header }) => header.test(first));
  if (missing !== undefined) return missingTools(`${what}: ${first}`, `apt-get install ${missing.package}`);
  return new CbitError({ code: "CBIT-202", exit: EXIT.tree, message: `${what}: ${first}`, hint });
}

/** Something is missing on this machine (exit 6). */
export function missingTools(message: string, hint: string): CbitError {
  return new CbitError({ code: "CBIT-203", exit: EXIT.environment, message, hint });
}

/** The cache's folder cannot be built in (exit 6). */
export function unusableCache(message: string): CbitError {
  return new CbitError({ code: "CBIT-402", exit: EXIT.environment, message, hint: "Set CBIT_CACHE to another folder." });
}

/** The tree needs something that cbit does not have (exit 5). */
export function unsupportedTree(message: string, hint: string): CbitError {
  return new CbitError({ code: "CBIT-251", exit: EXIT.unsupported, message, hint });
}

/** Characters that mean something to make or to the shells that it starts. */
const MEANT_FOR_MAKE = /[\s:#$%'"`&;<>|()*?[\]\\]/;

/** The first character of a folder's path that kbuild cannot work with, as a message has it; null where there is none. */
export function badForKbuild(path: string): string | null {
  const found = MEANT_FOR_MAKE.exec(path)?.[0];
  if (found === undefined) return null;
  return /\s/.test(found) ? "spaces" : `"${found}"`;
}
