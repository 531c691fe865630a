// SPDX-License-Identifier: MIT
/** A table of numbers: names on the left, filled into a column of their own, numbers to the right of it. */

import type { Style } from "./style.ts";
import { wrap } from "./wrap.ts";

const GAP = 2;
/** Names get as many columns, or as many as their longest word; numbers that do not fit beside them stand in a table of their own below. */
const NAMES = 18;
/** What follows the first line of names. */
const REST = "  ";

/** Columns in blocks that fit. */
function blocksOf(widths: readonly number[], room: number): number[][] {
  const blocks: number[][] = [[]];
  let used = 0;
  for (const [i, width] of widths.entries()) {
    used += width + GAP;
    if (used > room && blocks[blocks.length - 1]!.length > 0) {
      blocks.push([]);
      used = width + GAP;
    }
    blocks[blocks.length - 1]!.push(i);
  }
  return blocks;
}

/** The table, without a last line break. @param rows name first, then as many cells as there are heads behind the first */
export function columnsText(heads: readonly string[], rows: readonly (readonly string[])[], style: Style): string {
  const widths = heads.slice(1).map((h, i) => Math.max(h.length, ...rows.map((r) => r[i + 1]!.length)));
  const longest = Math.max(...rows.flatMap((r) => r[0]!.split(" ").map((word, i) => word.length + (i === 0 ? 0 : REST.length))));
  const blocks = blocksOf(widths, style.width - Math.max(longest, Math.min(NAMES, Math.floor(style.width / 2))));
  const room = style.width - Math.max(...blocks.map((block) => block.reduce((sum, i) => sum + widths[i]! + GAP, 0)));
  const names = rows.map((r) => wrap(r[0]!, room, "", REST).split("\n"));
  const label = Math.max(heads[0]!.length, ...names.flat().map((l) => l.length));
  const line = (name: string, cells: readonly string[], block: readonly number[]): string => [name.padEnd(label), ...block.map((i) => cells[i]!.padStart(widths[i]!))].join(" ".repeat(GAP)).trimEnd();
  const tables = blocks.map((block) => [
    style.bold(line(heads[0]!, heads.slice(1), block)),
    ...rows.flatMap((r, i) => [line(names[i]![0]!, r.slice(1), block), ...names[i]!.slice(1)]),
  ]);
  return tables.map((lines) => lines.join("\n")).join("\n\n");
}
