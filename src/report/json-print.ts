// SPDX-License-Identifier: MIT
/** JSON values, and how commands print them. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Indented, with a last line break. */
export function print(value: Json): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
