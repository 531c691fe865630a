// SPDX-License-Identifier: MIT
/** Which cbit this is. */

import { readFileSync } from "node:fs";

/** The version in package.json, which lies two folders above the built file. */
export function version(): string {
  const { version: text } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
  return text;
}
