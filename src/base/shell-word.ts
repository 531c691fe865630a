// SPDX-License-Identifier: MIT

/** A word as a shell takes it, in quotes where it needs them. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:,=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
