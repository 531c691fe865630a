// SPDX-License-Identifier: MIT
/** The folder where cbit keeps what it makes of kernel trees. */

import { accessSync, constants, existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { CbitError, EXIT } from "../base/index.ts";

/** Where it is: $CBIT_CACHE, else $XDG_CACHE_HOME/cbit, else ~/.cache/cbit. As in the XDG specification, only absolute paths count. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  const named = (name: string): string | null => (isAbsolute(env[name] ?? "") ? env[name]! : null);
  return named("CBIT_CACHE") ?? join(named("XDG_CACHE_HOME") ?? join(homedir(), ".cache"), "cbit");
}

/** What stands in the way of writing to a folder that may have to be made first; null where nothing does. */
export function obstacle(folder: string): string | null {
  let at = folder;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  if (!statSync(at).isDirectory()) return `${at} is not a folder`;
  try {
    accessSync(at, constants.W_OK);
    return null;
  } catch {
    return `${at} cannot be written`;
  }
}

/** The folder, looked at before anything is compiled into it. @throws CbitError (CBIT-402) where it cannot be written */
export function writableCache(env: NodeJS.ProcessEnv): string {
  const folder = cacheDirectory(env);
  const reason = obstacle(folder);
  if (reason === null) return folder;
  throw new CbitError({
    code: "CBIT-402",
    exit: EXIT.environment,
    message: `prepared trees are kept in ${folder}, but ${reason}`,
    hint: "Set CBIT_CACHE to a folder that can be written.",
  });
}
