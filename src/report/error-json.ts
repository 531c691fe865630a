// SPDX-License-Identifier: MIT
/** The JSON of an error: a file of its own, so that an error is printed without loading the reports. */

/** `cbit.error/1`. */
export function errorJson(error: { readonly code: string; readonly message: string; readonly hint: string | null }): string {
  return `${JSON.stringify({ schema: "cbit.error/1", code: error.code, message: error.message, hint: error.hint }, null, 2)}\n`;
}
