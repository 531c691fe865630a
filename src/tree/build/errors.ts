// SPDX-License-Identifier: MIT
/** The errors of preparing a tree. */

import { CbitError, EXIT } from "../../base/index.ts";

/** The folder is not a kernel tree that can be used (exit 3). */
export function badTree(message: string, hint: string): CbitError {
  return new CbitError({ code: "CBIT-201", exit: EXIT.tree, message, hint });
}

/** kbuild stopped (exit 3). The first line that says "error" is quoted. */
export function buildFailed(what: string, output: string, hint: string): CbitError {
  const lines = output.split("\n").map((l) => l.trim()).filter((l) => l !== "");
  const first = lines.find((l) => /\berror:|\*\*\*|fatal:/i.test(l)) ?? lines.at(-1) ?? "no output";
  return new CbitError({ code: "CBIT-202", exit: EXIT.tree, message: `${what}: ${first}`, hint });
}

/** Something is missing on this machine (exit 6). */
export function missingTools(message: string, hint: string): CbitError {
  return new CbitError({ code: "CBIT-203", exit: EXIT.environment, message, hint });
}

/** The tree needs something that cbit does not have (exit 5). */
export function unsupportedTree(message: string, hint: string): CbitError {
  return new CbitError({ code: "CBIT-251", exit: EXIT.unsupported, message, hint });
}
