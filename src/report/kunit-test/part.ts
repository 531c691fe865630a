// SPDX-License-Identifier: MIT
/** A reproducer's C is put together from parts: a part brings functions, members of structures, headers, and other parts. */

export interface Part {
  readonly name: string;
  readonly needs?: readonly string[];
  /** Headers, as in an #include. */
  readonly headers?: readonly string[];
  /** Members of `struct finding`, and of `struct buffer`. */
  readonly finding?: readonly string[];
  readonly buffer?: readonly string[];
  /** Statements of the test's start, of its end, and of the end of a buffer. */
  readonly init?: string;
  readonly exit?: string;
  readonly end?: string;
  /** Functions, one blank line between them. */
  readonly code?: string;
}

/** A template's text without the line breaks at its ends. */
export function c(text: string): string {
  return text.replace(/^\n/, "").trimEnd();
}

/** The parts that are meant and what they need, in the order of the table. */
export function chosen(parts: readonly Part[], names: Iterable<string>): Part[] {
  const all = new Set(names);
  for (let size = -1; size !== all.size; ) {
    size = all.size;
    for (const part of parts) if (all.has(part.name)) for (const need of part.needs ?? []) all.add(need);
  }
  return parts.filter((part) => all.has(part.name));
}
