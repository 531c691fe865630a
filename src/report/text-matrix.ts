// SPDX-License-Identifier: MIT
/** The matrix of verdicts as text: machines down, devices across, in as many blocks as the width asks for. */

import type { CaseResult } from "../check/index.ts";
import type { Style } from "./style.ts";

const GAP = 2;

/** A device's name in lines that are not wider than needed: "nouveau-pascal" becomes "nouveau-", "pascal". */
function headerLines(name: string): readonly string[] {
  const cut = name.indexOf("-") + 1;
  return cut > 0 && name.length > 8 ? [name.slice(0, cut), name.slice(cut)] : [name];
}

interface Column {
  readonly device: string;
  readonly header: readonly string[];
  readonly width: number;
}

function blocksOf(columns: readonly Column[], room: number): Column[][] {
  const blocks: Column[][] = [];
  let used = room;
  for (const column of columns) {
    used += column.width + GAP;
    if (used > room) {
      blocks.push([]);
      used = column.width + GAP;
    }
    blocks[blocks.length - 1]!.push(column);
  }
  return blocks;
}

function blockText(cases: readonly CaseResult[], machines: readonly string[], block: readonly Column[], label: number, style: Style): string[] {
  const height = Math.max(...block.map((c) => c.header.length));
  const lines: string[] = [];
  for (let row = 0; row < height; row++) {
    const cells = block.map((c) => (c.header[row] ?? "").padEnd(c.width));
    lines.push(style.bold([(row === 0 ? "machine" : "").padEnd(label), ...cells].join(" ".repeat(GAP)).trimEnd()));
  }
  for (const machine of machines) {
    const cells = block.map((column) => {
      const found = cases.find((c) => c.machine === machine && c.device === column.device);
      if (found === undefined) return " ".repeat(column.width);
      return style.verdict(found.verdict, found.verdict) + " ".repeat(column.width - found.verdict.length);
    });
    lines.push([machine.padEnd(label), ...cells].join(" ".repeat(GAP)).trimEnd());
  }
  return lines;
}

/** The matrix of `cases`, without a last line break. */
export function matrixText(cases: readonly CaseResult[], style: Style): string {
  const machines = [...new Set(cases.map((c) => c.machine))];
  const devices = [...new Set(cases.map((c) => c.device))];
  const label = Math.max("machine".length, ...machines.map((m) => m.length));
  const columns = devices.map((device): Column => {
    const header = headerLines(device);
    const words = cases.filter((c) => c.device === device).map((c) => c.verdict.length);
    return { device, header, width: Math.max(...header.map((h) => h.length), ...words) };
  });
  return blocksOf(columns, style.width - label)
    .map((block) => blockText(cases, machines, block, label, style).join("\n"))
    .join("\n\n");
}
