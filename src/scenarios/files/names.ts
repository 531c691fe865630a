// SPDX-License-Identifier: MIT
/** Names of devices and machines that come from files: their paths, in ids and tokens too. */

/** True where a device or machine is a file: what has a slash or ends in .json. */
export function isFile(name: string): boolean {
  return name.includes("/") || name.endsWith(".json");
}

/** Half a character: no path has it, and encodeURIComponent() does not take it. */
const HALF = /^[\ud800-\udfff]$/;

/** The name of what comes from a file: its path as given, with what ids and specs are cut at, and what does not print, percent-encoded. */
export function fileName(path: string): string {
  return path.replaceAll(/[%@,\s\p{C}]/gu, (c) => encodeURIComponent(HALF.test(c) ? "\ufffd" : c));
}

/** The path that a name stands for; the name itself where it encodes nothing. */
export function filePath(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
