// SPDX-License-Identifier: MIT
/** "PATH" or "PATH+PATCH+PATCH": a kernel source folder with patches, as one word. Patches have absolute paths there. */

import { accessSync, constants, statSync } from "node:fs";
import { resolve } from "node:path";
import { CbitError, EXIT } from "../base/index.ts";

export interface TreeSpec {
  /** As the user named it. */
  readonly path: string;
  /** Absolute, in the order in which they are applied. */
  readonly patches: readonly string[];
}

const TREE = "tree:";

/** What stands behind "tree:" in the name of a kernel; null for one that is no tree. */
export function treeOf(kernel: string): string | null {
  return kernel.startsWith(TREE) ? kernel.slice(TREE.length) : null;
}

/** Takes a spec apart. A folder that is there by the whole name is meant. */
export function parseTreeSpec(text: string): TreeSpec {
  if (!text.includes("+/") || statSync(text, { throwIfNoEntry: false })?.isDirectory() === true) return { path: text, patches: [] };
  const [path = "", ...patches] = text.split(/\+(?=\/)/);
  return { path, patches };
}

/** The spec as one word, with an absolute path, so that it works from any folder. */
export function formatTreeSpec({ path, patches }: TreeSpec): string {
  return [resolve(path), ...patches].join("+");
}

const WHY: Readonly<Record<string, string>> = { ENOENT: "there is no such file", EACCES: "permission denied", ENOTDIR: "a part of the path is not a folder", ELOOP: "its links go round in circles" };

function unreadable(path: string, why: string): CbitError {
  return new CbitError({ code: "CBIT-111", exit: EXIT.usage, message: `patch ${path}: ${why}`, hint: "--patch takes a file: a mail or mbox as git format-patch writes it, or a diff." });
}

/** The absolute path of a patch that can be read. @throws CbitError (CBIT-111) */
export function patchPath(named: string): string {
  const path = resolve(named);
  try {
    accessSync(path, constants.R_OK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    throw unreadable(named, WHY[code] ?? `it cannot be read (${code})`);
  }
  const stat = statSync(path);
  if (!stat.isFile()) throw unreadable(named, stat.isDirectory() ? "it is a folder" : "it is no file");
  if (stat.size === 0) throw unreadable(named, "it is empty");
  return path;
}
