// SPDX-License-Identifier: MIT
/**
 * The matrix of verdicts as text. A small one has machines down and devices across. One that is too wide for that is told
 * with equal rows and columns merged, in the way that takes the fewest blocks.
 */

import type { Verdict } from "../check/index.ts";
import { briefMachines, type Cell, type CellFace, type Grid, gridOf, type Merged } from "./grid.ts";
import { letter } from "./stories.ts";
import type { Style } from "./style.ts";
import { wrap } from "./wrap.ts";

const GAP = 2;
/** Names of merged devices or machines are filled into as many columns, unless one of them is longer and cannot be broken. */
const labelColumns = (width: number): number => Math.floor(width / (width < 60 ? 2 : 3));

/** Words for where the width asks for it. */
const SHORT: Readonly<Record<Verdict, string>> = { holds: "holds", broken: "broken", bounded: "bounded", refused: "refused", unsupported: "unsupp." };
const LONG: Readonly<Record<Verdict, string>> = { ...SHORT, unsupported: "unsupported" };

interface Column {
  readonly header: readonly string[];
  readonly width: number;
  /** Row by row. */
  readonly cells: readonly (CellFace | null)[];
}

interface Table {
  /** What the rows are: "machine" or "device". */
  readonly axis: string;
  /** Each row's name, in lines. */
  readonly labels: readonly (readonly string[])[];
  readonly columns: readonly Column[];
  readonly words: Readonly<Record<Verdict, string>>;
  /** What stands behind the heads, below the table. */
  readonly legend: readonly string[];
}

/** A device's name in lines that are not wider than needed: "nouveau-pascal" becomes "nouveau-", "pascal". */
function headerLines(name: string): readonly string[] {
  const cut = name.indexOf("-") + 1;
  return cut > 0 && name.length > 8 ? [name.slice(0, cut), name.slice(cut)] : [name];
}

/** A machine's name in lines: "sme-zen2,iommu=off|identity" becomes "sme-zen2", "off", "identity". */
function machineLines(name: string): readonly string[] {
  const [platform, ...options] = name.split(",") as [string, ...string[]];
  return [...headerLines(platform), ...options.flatMap((o) => o.replace(/^iommu=/, "").split("|"))];
}

/** Names of an axis as the text has them. */
const brief = (axis: Layout["down"], group: Merged): readonly string[] => (axis === "machine" ? briefMachines(group) : group);

/** A line that is too long, broken behind "," or "|" as in "sme-zen2,iommu=off|identity"; what follows is indented further. */
function brokenNames(line: string, columns: number): string[] {
  const cut = line.length <= columns ? 0 : Math.max(line.lastIndexOf(",", columns - 1), line.lastIndexOf("|", columns - 1)) + 1;
  return cut === 0 ? [line] : [line.slice(0, cut), ...brokenNames(`    ${line.slice(cut)}`, columns)];
}

/** Each row's name in lines, those that follow indented. */
function labelsOf(groups: readonly (readonly string[])[], columns: number): (readonly string[])[] {
  return groups.map((names) => wrap(names.join(" "), columns, "", "  ").split("\n").flatMap((line) => brokenNames(line, columns)));
}

/** One way to lay the grid out. */
interface Layout {
  readonly down: "machine" | "device";
  /** Names above the columns, or letters with a legend. */
  readonly heads: "names" | "letters";
  readonly words: Readonly<Record<Verdict, string>>;
}

/** "broken a": the verdict with the keys of its stories. */
function cellWidth(cell: CellFace | null, words: Layout["words"]): number {
  if (cell === null) return 0;
  return words[cell.verdict].length + (cell.keys === undefined ? 0 : 1 + cell.keys.length);
}

function cellText({ verdict, keys }: CellFace, words: Layout["words"], style: Style): string {
  return style.verdict(verdict, words[verdict]) + (keys === undefined ? "" : ` ${style.bold(keys)}`);
}

/** A head of a column in place of names: capitals, because the keys of stories are small letters. */
const headLetter = (index: number): string => letter(index).toUpperCase();

function tableOf(grid: Grid, { down, heads, words }: Layout, columnsOfLabel: number): Table {
  const [rows, across] = down === "machine" ? [grid.machines, grid.devices] : [grid.devices, grid.machines];
  const head = down === "machine" ? "device" : "machine";
  const linesOf = head === "device" ? headerLines : machineLines;
  const columns = across.map((group, index): Column => {
    const cells = rows.map((row) => (down === "machine" ? grid.at(row, group) : grid.at(group, row)));
    const header = heads === "letters" ? [headLetter(index)] : brief(head, group).flatMap(linesOf);
    return { header, cells, width: Math.max(...header.map((h) => h.length), ...cells.map((c) => cellWidth(c, words))) };
  });
  const legend = heads === "letters" ? across.map((group, index) => `${headLetter(index)}  ${brief(head, group).join(" ")}`) : [];
  return { axis: down, labels: labelsOf(rows.map((r) => brief(down, r)), columnsOfLabel), columns, words, legend };
}

function labelWidth(table: Table): number {
  return Math.max(table.axis.length, ...table.labels.flat().map((l) => l.length));
}

/** The columns in blocks that fit. */
function blocksOf(table: Table, width: number): Column[][] {
  const room = width - labelWidth(table);
  const blocks: Column[][] = [];
  let used = room;
  for (const column of table.columns) {
    used += column.width + GAP;
    if (used > room) {
      blocks.push([]);
      used = column.width + GAP;
    }
    blocks[blocks.length - 1]!.push(column);
  }
  return blocks;
}

function blockText(table: Table, block: readonly Column[], style: Style): string {
  const label = labelWidth(table);
  const height = Math.max(...block.map((c) => c.header.length));
  const lines: string[] = [];
  for (let row = 0; row < height; row++) {
    const cells = block.map((c) => (c.header[row] ?? "").padEnd(c.width));
    lines.push(style.bold([(row === 0 ? table.axis : "").padEnd(label), ...cells].join(" ".repeat(GAP)).trimEnd()));
  }
  for (const [row, [first, ...more]] of table.labels.entries()) {
    const cells = block.map(({ cells: faces, width }) => {
      const cell = faces[row]!;
      return (cell === null ? "" : cellText(cell, table.words, style)) + " ".repeat(width - cellWidth(cell, table.words));
    });
    lines.push([first!.padEnd(label), ...cells].join(" ".repeat(GAP)).trimEnd(), ...more);
  }
  return lines.join("\n");
}

function tableText(table: Table, style: Style): string {
  const blocks = blocksOf(table, style.width).map((block) => blockText(table, block, style));
  const legend = table.legend.map((line) => wrap(line, style.width, "", " ".repeat(line.indexOf("  ") + 2))).join("\n");
  return [...blocks, ...(legend === "" ? [] : [legend])].join("\n\n");
}

const MERGED: readonly Layout[] = [
  { down: "device", heads: "names", words: LONG },
  { down: "device", heads: "names", words: SHORT },
  { down: "machine", heads: "letters", words: SHORT },
  { down: "device", heads: "letters", words: SHORT },
];

/** The matrix of `cases`, without a last line break. */
export function matrixText(cases: readonly Cell[], style: Style): string {
  const plain = tableOf(gridOf(cases, false), { down: "machine", heads: "names", words: LONG }, labelColumns(style.width));
  if (blocksOf(plain, style.width).length === 1) return tableText(plain, style);
  const merged = gridOf(cases, true);
  const tables = MERGED.map((layout) => tableOf(merged, layout, labelColumns(style.width)));
  const blocks = tables.map((t) => blocksOf(t, style.width).length);
  return tableText(tables[blocks.indexOf(Math.min(...blocks))]!, style);
}
