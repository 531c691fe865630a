// SPDX-License-Identifier: MIT
/** Places in a litmus file, its words, and errors that name the place. */

import { CbitError, EXIT, nearest } from "../../base/index.ts";

/** What kind of mistake it is (docs/reference/errors.md). */
export type LitmusCode = "CBIT-140" | "CBIT-141" | "CBIT-142" | "CBIT-143" | "CBIT-144";

/** One word of a line. Strings come without their quotes. */
export interface Word {
  readonly text: string;
  readonly quoted: boolean;
  /** As it is written, with its quotes. */
  readonly written: string;
  /** Counts from 1, in UTF-16 units. */
  readonly column: number;
}

/** A line, split into words; what stands behind # is gone. */
export interface Line {
  readonly file: string;
  readonly number: number;
  /** As it stands in the file. */
  readonly raw: string;
  readonly words: readonly Word[];
}

/** A mistake at a word of a line; behind the last word where `word` is null. */
export function mistake(line: Line, word: Word | null, code: LitmusCode, message: string, hint: string): CbitError {
  const last = line.words[line.words.length - 1];
  const column = word?.column ?? (last === undefined ? 1 : last.column + last.written.length);
  return new CbitError({ code, exit: EXIT.usage, message: `${line.file}:${line.number}:${column}: ${message}`, hint });
}

/** "nearest is X", for a word that is not known. */
export function meant(word: string, known: readonly string[]): string {
  return `; nearest: ${nearest(word.slice(0, 80), known).join(", ")}`;
}

/** How an error quotes a word: cut short, without control characters. */
export function quote(text: string): string {
  const shown = text.replaceAll(/[\p{C}\u2028\u2029]/gu, "?");
  return `"${shown.length > 60 ? `${shown.slice(0, 60)}...` : shown}"`;
}

/** Blanks, a comment, a string (also right behind a "="), an arrow, a semicolon, a word. */
const TOKEN = /\s+|(#.*)|((?:[A-Za-z_]\w*=)?)"([^"]*)"|(->|;)|((?:(?!->)[^\s";#])+)|(.)/suy;

/** @throws CbitError (CBIT-140) for a string without an end */
export function splitLine(file: string, number: number, raw: string): Line {
  const words: Word[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < raw.length) {
    const column = TOKEN.lastIndex + 1;
    const m = TOKEN.exec(raw)!;
    const [, comment, key, string, sign, word, other] = m;
    if (comment !== undefined) break;
    const written = m[0];
    if (string !== undefined) words.push({ text: `${key}${string}`, quoted: key === "", written, column });
    else if (sign !== undefined || word !== undefined) words.push({ text: (sign ?? word)!, quoted: false, written, column });
    else if (other !== undefined) {
      const line = { file, number, raw, words };
      throw mistake(line, { text: other, quoted: false, written, column }, "CBIT-140", "a string has no end on this line", 'Close it: "TEXT".');
    }
  }
  return { file, number, raw, words };
}

/** The words of a line, one after the other. */
export class Words {
  readonly line: Line;
  private next = 0;

  constructor(line: Line) {
    this.line = line;
  }

  /** The next word, without taking it; null at the end. */
  get peek(): Word | null {
    return this.line.words[this.next] ?? null;
  }

  take(): Word | null {
    const word = this.peek;
    if (word !== null) this.next++;
    return word;
  }

  /** True, and taken, where the next word is this one and no string. */
  takes(text: string): boolean {
    const { peek } = this;
    if (peek === null || peek.quoted || peek.text !== text) return false;
    this.next++;
    return true;
  }

  /** The words up to one of these signs, which is not taken. */
  until(...signs: readonly string[]): Word[] {
    const taken: Word[] = [];
    for (let w = this.peek; w !== null && (w.quoted || !signs.includes(w.text)); w = this.peek) {
      taken.push(w);
      this.next++;
    }
    return taken;
  }

  /** All words as one text, as a report shows the statement. */
  get text(): string {
    return this.line.words.map((w) => w.written).join(" ").replaceAll(" ;", ";");
  }
}
