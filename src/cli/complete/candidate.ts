// SPDX-License-Identifier: MIT
/** What a word may become. */

export interface Candidate {
  /** The whole word. One that ends in "=", ",", ":", "/" or "@" goes on: no blank is put behind it. */
  readonly value: string;
  /** What it is, in a line; empty where the value says it. */
  readonly title: string;
}

/** Gives the candidates for a word that has been typed so far. Those that do not begin with it are dropped later. */
export type Values = (typed: string) => readonly Candidate[] | Promise<readonly Candidate[]>;

export const plainly = (values: readonly string[]): Candidate[] => values.map((value) => ({ value, title: "" }));

/** Named things of a table. */
export const named = (items: readonly { readonly name: string; readonly title: string }[]): Candidate[] => items.map(({ name, title }) => ({ value: name, title }));

/** As the shells' scripts read them, one a line: "value<TAB>title", or the value alone. */
export function candidateLines(candidates: readonly Candidate[], typed: string): string {
  const fit = candidates.filter((c) => c.value.startsWith(typed));
  return [...new Map(fit.map((c) => [c.value, `${c.value}${c.title === "" ? "" : `\t${c.title.replace(/\s+/g, " ")}`}\n`])).values()].join("");
}
