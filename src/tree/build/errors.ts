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

/**
 * kbuild stopped (exit 3, or 6 where the disk is full). The first line that says "error" is quoted, make's own only where there is no other.
 * @param build the folder that it wrote to
 */
export function buildFailed(what: string, output: string, hint: string, build: string): CbitError {
  if (diskFull(output)) return noSpace(build);
  const lines = output.split("\n").map((l) => l.trim()).filter((l) => l !== "");
  const makes = (l: string): boolean => /^make(?:\[\d+\])?:/.test(l);
  const first = lines.find((l) => !makes(l) && /\berror:|\*\*\*|fatal:/i.test(l)) ?? lines.find((l) => !makes(l) && !/\bwarning\b/i.test(l)) ?? lines.find((l) => l.includes("***")) ?? lines.at(-1) ?? "no output";
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
