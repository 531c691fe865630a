// SPDX-License-Identifier: MIT
/** Files and folders as candidates. */

import { readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Candidate } from "./candidate.ts";

/** Which entries of a folder are offered; folders always are. Null for folders alone. */
export type Wanted = ((name: string) => boolean) | null;

export const ANY_FILE: Wanted = () => true;
export const endingIn = (...endings: readonly string[]): Wanted => (name) => endings.some((e) => name.endsWith(e));

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** What may stand behind what was typed of a path. Hidden entries are offered where a dot was typed; what cannot be read is not there. */
export function paths(typed: string, wanted: Wanted): Candidate[] {
  const slash = typed.lastIndexOf("/") + 1;
  const [folder, begun] = [typed.slice(0, slash), typed.slice(slash)];
  const real = folder.startsWith("~/") ? join(homedir(), folder.slice(2)) : folder === "" ? "." : folder;
  try {
    const names = readdirSync(real).filter((n) => n.startsWith(begun) && (begun.startsWith(".") || !n.startsWith(".")));
    return names.sort().flatMap((name) => {
      if (isFolder(join(real, name))) return [{ value: `${folder}${name}/`, title: "" }];
      return wanted !== null && wanted(name) ? [{ value: folder + name, title: "" }] : [];
    });
  } catch {
    return [];
  }
}
