// SPDX-License-Identifier: MIT
/** A table of numbers: names on the left, filled into a column of their own, numbers to the right of it. */

import type { Style } from "./style.ts";
import { wrap } from "./wrap.ts";

const GAP = 2;

/** The table, without a last line break. @param rows name first, then as many cells as there are heads behind the first */
export function columnsText(heads: readonly string[], rows: readonly (readonly string[])[], style: Style): string {
  const widths = heads.slice(1).map((h, i) => Math.max(h.length, ...rows.map((r) => r[i + 1]!.length)));
  const room = style.width - widths.reduce((sum, w) => sum + w + GAP, 0);
  const names = rows.map((r) => wrap(r[0]!, room, "", "  ").split("\n"));
  const label = Math.max(heads[0]!.length, ...names.flat().map((l) => l.length));
  const line = (name: string, cells: readonly string[]): string => [name.padEnd(label), ...cells.map((c, i) => c.padStart(widths[i]!))].join(" ".repeat(GAP)).trimEnd();
  return [
    style.bold(line(heads[0]!, heads.slice(1))),
    ...rows.flatMap((r, i) => [line(names[i]![0]!, r.slice(1)), ...names[i]!.slice(1)]),
  ].join("\n");
}
