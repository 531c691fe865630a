// SPDX-License-Identifier: MIT
/** Figures and columns of text. */

export const whole = (value: number): string => Math.round(value).toLocaleString("en-US");
export const fixed = (value: number): string => value.toFixed(value < 10 ? 2 : 1);

/** Columns: the first to the left, the others to the right. */
export function columns(widths: readonly number[], rows: readonly (readonly string[])[]): string[] {
  return rows.map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[i]!))).join("").trimEnd());
}
