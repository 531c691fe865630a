// SPDX-License-Identifier: MIT
/** The names that a litmus file gives to buffers and values, and the numbers that the contract knows them by. */

import type { Operation } from "../../kernel/index.ts";
import { meant, mistake, quote, type Word, type Words } from "./place.ts";

/** Buffers that a kernel under the contract has room for, and pages of each. */
export const MAX_BUFFERS = 4;
export const MAX_PAGES = 4;

/** Numbers below 9 in each block of 16 are those of the writers themselves; the block is the buffer's (src/check/agents.ts). */
const BLOCK = 16;
const FIRST_NAMED = 9;

const BUFFER = /^([A-Za-z_]\w*)(?:\[(\d{1,3})\])?$/;

/** A buffer's name with the page that it may have. */
export interface BufferName {
  readonly buf: number;
  /** From NAME[PAGE]; null where only the name stands. */
  readonly page: number | null;
}

export class Names {
  readonly buffers: string[] = [];
  readonly values: Map<number, string> = new Map();
  private readonly numbers = new Map<string, number>();
  private readonly pages = new Map<number, number>();

  /** The buffer that a word names. @param creates true where the operation makes it @throws CbitError (CBIT-141) */
  buffer(words: Words, word: Word | null, creates: boolean): BufferName {
    const { line } = words;
    const match = word === null || word.quoted ? null : BUFFER.exec(word.text);
    if (match === null) {
      throw mistake(line, word, "CBIT-141", word === null ? "a buffer's name is missing" : `${quote(word.text)} is not a buffer's name`, "A name is letters, digits and _, with the page in brackets where it is not page 0: A, A[1].");
    }
    const [, name, page] = match as unknown as [string, string, string | undefined];
    const known = this.buffers.indexOf(name);
    const buf = known >= 0 ? known : creates ? this.add(words, word!, name) : this.unknown(words, word!, name);
    const number = page === undefined ? null : Number(page);
    if (number !== null) this.assertPage(words, word!, buf, number);
    return { buf, page: number };
  }

  /** @throws CbitError (CBIT-141) where the buffer has no such page */
  assertPage(words: Words, word: Word, buf: number, page: number): void {
    const pages = this.pages.get(buf) ?? MAX_PAGES;
    if (page < pages) return;
    throw mistake(words.line, word, "CBIT-141", `${this.buffers[buf]} has no page ${page}; it has ${pages === 1 ? "page 0 only" : `pages 0 to ${pages - 1}`}`, "Give it more pages where it is made: pages=2.");
  }

  /** Takes note of how many pages an operation makes. */
  made(operation: Operation): void {
    if ("pages" in operation && "buf" in operation && !operation.op.startsWith("set_memory")) this.pages.set(operation.buf, operation.pages!);
    else if ("from" in operation) this.pages.set(operation.buf, this.pages.get(operation.from) ?? MAX_PAGES);
  }

  /** The number of a named value that is written to a buffer. The same name is the same value. @throws CbitError (CBIT-141) */
  written(words: Words, word: Word, buf: number): number {
    const known = this.numbers.get(word.text);
    if (known !== undefined) return known;
    for (let n = buf * BLOCK + FIRST_NAMED; n < (buf + 1) * BLOCK; n++) {
      if (this.values.has(n)) continue;
      this.values.set(n, word.text);
      this.numbers.set(word.text, n);
      return n;
    }
    throw mistake(words.line, word, "CBIT-141", `more than ${BLOCK - FIRST_NAMED} values are written to ${this.buffers[buf]}`, "Split the file.");
  }

  /** The number of a value that some step before wrote; null where none did. */
  valueNamed(name: string): number | null {
    return this.numbers.get(name) ?? null;
  }

  private add(words: Words, word: Word, name: string): number {
    if (this.buffers.length >= MAX_BUFFERS) {
      throw mistake(words.line, word, "CBIT-141", `${quote(name)} is one buffer too many: there is room for ${MAX_BUFFERS}`, "Free one and use its name again.");
    }
    return this.buffers.push(name) - 1;
  }

  private unknown(words: Words, word: Word, name: string): never {
    const near = this.buffers.length === 0 ? "" : meant(name, this.buffers);
    throw mistake(words.line, word, "CBIT-141", `no step before makes a buffer ${quote(name)}${near}`, "bo_create, page_alloc, dma_alloc, ioremap, bo_import and bo_userptr make buffers.");
  }
}
