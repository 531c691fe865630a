// SPDX-License-Identifier: MIT
/** `cbit list`, `cbit doctor` and `cbit tree list` as text. */

import type { DoctorCheck, DoctorReport, ListItem, ListSection, TreeEntry } from "./reports.ts";
import type { Style } from "./style.ts";
import { count, wrap } from "./wrap.ts";

function detailText(value: ListItem["details"][string]): string {
  if (Array.isArray(value)) return value.join(", ");
  return value === null ? "must be named" : String(value);
}

/** Each section with its items; details indented below the titles. */
export function listText(sections: readonly ListSection[], style: Style): string {
  const parts = sections.map((section) => {
    const widest = Math.max(...section.items.map((i) => i.name.length)) + 2;
    // Where names take more than a third of the line, what they are stands below them.
    const column = widest <= style.width / 3 ? widest : 2;
    const lines = section.items.flatMap((item) => [
      column === widest ? wrap(item.title, style.width, `  ${item.name.padEnd(column)}`) : `  ${item.name}\n${wrap(item.title, style.width, "    ")}`,
      ...Object.entries(item.details).map(([k, v]) => style.dim(wrap(`${k}: ${detailText(v)}`, style.width, " ".repeat(column + 2), " ".repeat(column + 4)))),
    ]);
    return [style.bold(section.name), ...lines].join("\n");
  });
  return `${parts.join("\n\n")}\n`;
}

/** What was looked for and found, then the line that installs what is missing. */
export function doctorText(report: DoctorReport, style: Style): string {
  const column = Math.max(...report.checks.map((c) => c.name.length)) + 2;
  const wordOf = (c: DoctorCheck): string => (c.ok ? "ok" : c.package === null ? "wrong" : "missing");
  const line = (c: DoctorCheck): string => {
    const word = wordOf(c);
    return wrap(c.found, style.width, `  ${word.padEnd("missing".length)}  ${c.name.padEnd(column)}`).replace(word, style.verdict(c.ok ? "holds" : "broken", word));
  };
  const section = (title: string, neededBy: "model" | "tree"): string => [style.bold(title), ...report.checks.filter((c) => c.neededBy === neededBy).map(line)].join("\n");
  const missing = report.checks.filter((c) => !c.ok);
  const parts = [section("the model (cbit check)", "model"), section("the real kernel (cbit tree prepare)", "tree")];
  if (missing.length === 0) parts.push("Nothing is missing.");
  else parts.push(`${count(missing.length, "thing")} missing or wrong.${report.install === null ? "" : ` Install with:\n  ${report.install}`}`);
  return `${parts.join("\n\n")}\n`;
}

/** Prepared trees, one a line. */
export function treesText(trees: readonly TreeEntry[]): string {
  if (trees.length === 0) return "No tree is prepared. `cbit tree prepare PATH` prepares one.\n";
  return trees.map((t) => `${t.path}  Linux ${t.release}  ${t.module}  ${t.key}  ${(t.bytes / 1e6).toFixed(1)} MB\n`).join("");
}
