// SPDX-License-Identifier: MIT
/** docs/limits.md, from the tags in the sources: what is left out or assumed, and which way that can mislead. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Which way a limit can mislead. */
export const KINDS = ["may miss bugs", "may report false bugs"] as const;
type Kind = (typeof KINDS)[number];

/** Layers in the order of the page, with what each is. */
const LAYERS: readonly (readonly [folder: string, title: string])[] = [
  ["base", "Foundations"],
  ["machine", "The machine"],
  ["kernel", "The contract between kernels and whoever drives them"],
  ["linux", "The model of Linux"],
  ["tree", "Trees of your own"],
  ["check", "The search and its rules"],
  ["scenarios", "Workloads and machines"],
  ["report", "Reports"],
  ["cli", "The command line"],
];

/** One tag. */
export interface Limit {
  readonly file: string;
  readonly line: number;
  readonly tag: string;
  /** Null where the tag does not say. */
  readonly kind: Kind | null;
  readonly text: string;
}

const TAG = /\b(?<tag>SIMPLIFIED|ASSUMED|UNMODELLED)\b(?: \((?<kind>[^)]*)\))?:?/g;
/** Where the text of a tag ends: the next tag, a reference, a documentation tag. */
const END = /\b(?:SIMPLIFIED|ASSUMED|UNMODELLED)\b|(?:^|\s)(?:Refs?:|@\w+)/;

/** A line of a comment without what makes it one; null where the line is no comment or an empty one. */
function comment(line: string): string | null {
  const m = /^\s*(?:\/\*\*?|\*(?!\/)|\/\/)\s?(?<text>.*)$/.exec(line);
  const text = m?.groups?.["text"]?.replace(/\*\/.*$/, "").trim() ?? "";
  return text === "" ? null : text;
}

/** All tags of a source. A tag's text goes on to the end of its paragraph. */
export function limitsOf(file: string, source: string): Limit[] {
  const lines = source.split("\n");
  return lines.flatMap((line, at) =>
    [...line.matchAll(TAG)].map((m): Limit => {
      const { tag, kind } = m.groups as { tag: string; kind?: string };
      const words = [line.slice(m.index + m[0].length).replace(/\*\/.*$/, "").trim()];
      for (let next = at + 1; !lines[next - 1]!.includes("*/") && !END.test(words.at(-1)!) && next < lines.length; next++) {
        const text = comment(lines[next]!);
        if (text === null) break;
        words.push(text);
      }
      const whole = words.join(" ");
      const end = END.exec(whole);
      const known = KINDS.find((k) => k === kind) ?? null;
      return { file, line: at + 1, tag, kind: known, text: (end === null ? whole : whole.slice(0, end.index)).trim() };
    }),
  );
}

/** The tags of all sources below `src`, tests left out, by file and line. */
export function allLimits(): Limit[] {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((f) => f.endsWith(".ts") && !f.endsWith(".test.ts"));
  return files
    .map((f) => join("src", f))
    .sort()
    .flatMap((file) => limitsOf(file, readFileSync(file, "utf8")));
}

const HEADER = `# Limits

What cbit leaves out of its model and what it takes for granted, collected from the sources by \`npm run limits\`: each
entry stands as a comment at the code that it is about. None of it is hidden behind an answer: what is not modelled at
all ends as \`unsupported\` or \`unmodelled\`, never as "holds".

An entry says which way it can mislead. Where it **may miss bugs**, a "holds" says nothing of that part. Where it **may report
false bugs**, look at the entry before you act on a finding that depends on it.
`;

function section(title: string, limits: readonly Limit[]): string {
  const parts = KINDS.map((kind) => {
    const entries = limits.filter((l) => l.kind === kind).map((l) => `- ${l.tag === "ASSUMED" ? "Assumed: " : ""}${l.text} (\`${l.file}\`)`);
    return entries.length === 0 ? "" : `\n### ${kind === KINDS[0] ? "May miss bugs" : "May report false bugs"}\n\n${entries.join("\n")}\n`;
  });
  return limits.length === 0 ? "" : `\n## ${title}\n${parts.join("")}`;
}

/** The page. */
export function limitsPage(limits: readonly Limit[]): string {
  return HEADER + LAYERS.map(([folder, title]) => section(title, limits.filter((l) => l.file.startsWith(`src/${folder}/`)))).join("");
}
