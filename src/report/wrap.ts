// SPDX-License-Identifier: MIT
/** Lines of text: filling, indenting, counting. */

/**
 * Fills `text` into lines of at most `width` columns, the first after `first`, the others after `rest` (default: as
 * many blanks). Words that are too long stand alone on their line.
 */
export function wrap(text: string, width: number, first: string = "", rest: string = " ".repeat(first.length)): string {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  lines.push(line);
  return lines.join("\n");
}

/** "1 case", "2 cases". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** "1,234,567". */
export function thousands(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A command in lines that a shell takes as one: broken before an option, a backslash at the end. */
export function commandLines(command: string, width: number, indent: string): string[] {
  if (indent.length + command.length <= width) return [indent + command];
  const parts = command.split(/ (?=--)/);
  return parts.map((part, i) => `${indent}${i === 0 ? "" : "  "}${part}${i === parts.length - 1 ? "" : " \\"}`);
}
