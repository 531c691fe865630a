// SPDX-License-Identifier: MIT
/** Markdown of the documentation as plain text: without marks, links with their words alone. */

/** Keeps lines and their order. */
export function plainText(markdown: string): string {
  let code = false;
  const lines: string[] = [];
  for (const line of markdown.trim().split("\n")) {
    if (line.startsWith("```")) code = !code;
    else if (code) lines.push(`    ${line}`);
    else if (!/^\|[-| ]+\|$/.test(line)) lines.push(line.replace(/^#+ /, "").replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1").replaceAll(/\*\*?([^*]+)\*\*?/g, "$1").replaceAll("`", ""));
  }
  return lines.join("\n");
}
