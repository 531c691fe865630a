// SPDX-License-Identifier: MIT
/** Operations as litmus files write them: OP BUFFER[PAGE] MAPPING "VALUE" NAME=VALUE... in the contract's own names. */

import { type ArgumentSpec, type Operation, OPERATIONS } from "../../kernel/index.ts";
import { tokenOf } from "../../check/index.ts";
import { MAX_PAGES, type Names } from "./names.ts";
import { meant, mistake, quote, type Word, type Words } from "./place.ts";

type Fields = Record<string, string | number | boolean>;

/** Operations that make a buffer. */
const MAKERS: readonly string[] = ["bo_create", "page_alloc", "dma_alloc", "ioremap", "bo_import", "bo_userptr"];

const PAGE_BYTES = 4096;
const BLOCK_BYTES = 16;
const LARGEST = 999_999_999;

/** "page=N, alias=linear|kmap|...", for messages. */
function usage(op: string, specs: readonly ArgumentSpec[]): string {
  const shown = specs.map((s) => {
    switch (s.type) {
      case "buf":
        return s.name === "buf" ? "BUFFER" : `${s.name}=BUFFER`;
      case "flag":
        return `[${s.name}]`;
      case "value":
        return '["VALUE"]';
      case "word": {
        const words = s.words!.join("|");
        return s.default === null ? words : `[${s.name}=${words}]`;
      }
      case "number":
        return `[${s.name}=N]`;
    }
  });
  return `${[op, ...shown].join(" ")}`;
}

/** A number as kernel people write it: 4096, 0x1000, 4K. Null where it is none. */
export function parseNumber(text: string): number | null {
  const match = /^(?:(0[xX][0-9a-fA-F]{1,8})|(\d{1,9})([KM]?))$/.exec(text);
  if (match === null) return null;
  const scale = match[3] === "K" ? 1024 : match[3] === "M" ? 1024 * 1024 : 1;
  const value = Number(match[1] ?? match[2]) * scale;
  return value <= LARGEST ? value : null;
}

/** What must hold of an argument beyond its type; null where it does. */
function outOfRange(name: string, value: number): string | null {
  switch (name) {
    case "at":
      return value % BLOCK_BYTES === 0 && value < PAGE_BYTES ? null : "must be a multiple of 16 below 4096";
    case "bytes":
      return value >= 1 && value <= BLOCK_BYTES ? null : "must be from 1 to 16";
    case "nth":
      return value >= 1 ? null : "counts from 1";
    default:
      return null;
  }
}

class Reader {
  readonly words: Words;
  readonly names: Names;
  readonly op: Operation["op"];
  readonly specs: readonly ArgumentSpec[];
  readonly fields: Fields = {};

  constructor(words: Words, names: Names, op: Operation["op"]) {
    this.words = words;
    this.names = names;
    this.op = op;
    this.specs = OPERATIONS[op].arguments;
  }

  private fail(word: Word | null, message: string): Error {
    return mistake(this.words.line, word, "CBIT-141", message, `It is written: ${usage(this.op, this.specs)}`);
  }

  /** Takes one argument. */
  argument(word: Word): void {
    if (word.quoted) return this.value(word);
    const equals = word.text.indexOf("=");
    if (equals >= 0) return this.named(word, word.text.slice(0, equals), word.text.slice(equals + 1));
    const flag = this.specs.find((s) => s.type === "flag" && s.name === word.text);
    if (flag !== undefined) return this.set(word, flag.name, true);
    if (this.specs[0]?.type === "buf" && !Object.hasOwn(this.fields, "buf")) return this.target(word);
    const open = this.specs.find((s) => s.type === "word" && s.default === null && !Object.hasOwn(this.fields, s.name));
    if (open !== undefined) return this.word(word, open, word.text);
    const source = this.specs.find((s) => s.type === "buf" && !Object.hasOwn(this.fields, s.name));
    if (source !== undefined) return this.set(word, source.name, this.names.buffer(this.words, word, false).buf);
    throw this.fail(word, `${this.op} does not take ${quote(word.text)}${this.hintName(word.text)}`);
  }

  private hintName(text: string): string {
    const owner = this.specs.find((s) => s.words?.includes(text));
    return owner === undefined ? "" : `; write ${owner.name}=${text}`;
  }

  private target(word: Word): void {
    const { buf, page } = this.names.buffer(this.words, word, MAKERS.includes(this.op));
    this.fields["buf"] = buf;
    if (page === null) return;
    if (!this.specs.some((s) => s.name === "page")) throw this.fail(word, `${this.op} is about the whole buffer, not one page`);
    this.fields["page"] = page;
  }

  private value(word: Word): void {
    if (!this.specs.some((s) => s.type === "value")) throw this.fail(word, `${this.op} does not write a value, so ${quote(word.text)} does not belong here`);
    if (word.text === "") throw this.fail(word, "a value's name is empty");
    if (!Object.hasOwn(this.fields, "buf")) throw this.fail(word, "the buffer comes before the value");
    this.set(word, "value", this.names.written(this.words, word, this.fields["buf"] as number));
  }

  private named(word: Word, name: string, text: string): void {
    const spec = this.specs.find((s) => s.name === name && s.type !== "value" && s.type !== "flag");
    if (spec === undefined) {
      const known = this.specs.filter((s) => s.type === "number" || s.type === "word").map((s) => s.name);
      throw this.fail(word, `${this.op} has no ${quote(`${name}=`)}${known.length === 0 ? "" : meant(name, known)}`);
    }
    switch (spec.type) {
      case "number":
        return this.number(word, spec, text);
      case "word":
        return this.word(word, spec, text);
      default: {
        const inner = { ...word, text };
        this.set(word, name, this.names.buffer(this.words, inner, name === "buf" && MAKERS.includes(this.op)).buf);
      }
    }
  }

  private word(word: Word, spec: ArgumentSpec, text: string): void {
    if (!spec.words!.includes(text)) throw this.fail(word, `${spec.name} must be one of ${spec.words!.join(", ")}, not ${quote(text)}${meant(text, spec.words!)}`);
    this.set(word, spec.name, text);
  }

  private number(word: Word, spec: ArgumentSpec, text: string): void {
    const value = parseNumber(text);
    if (value === null) throw this.fail(word, `${spec.name} must be a number such as 4096, 0x1000 or 4K, not ${quote(text)}`);
    const wrong = outOfRange(spec.name, value);
    if (wrong !== null) throw this.fail(word, `${spec.name}=${text} ${wrong}`);
    if (spec.name === "pages" && MAKERS.includes(this.op) && (value < 1 || value > MAX_PAGES)) throw this.fail(word, `pages=${text}: a buffer has 1 to ${MAX_PAGES} pages`);
    if (spec.name === "page" && Object.hasOwn(this.fields, "buf")) this.names.assertPage(this.words, word, this.fields["buf"] as number, value);
    this.set(word, spec.name, value);
  }

  private set(word: Word, name: string, value: string | number | boolean): void {
    if (Object.hasOwn(this.fields, name)) throw this.fail(word, `${name} is given twice`);
    this.fields[name] = value;
  }

  /** The operation, once all arguments are taken. */
  finish(): Operation {
    for (const spec of this.specs) {
      if (Object.hasOwn(this.fields, spec.name) || spec.optional) continue;
      if (spec.type === "buf") throw this.fail(null, `${this.op} needs a buffer${spec.name === "buf" ? "" : ` as ${spec.name}=`}`);
      if (spec.type !== "value" && spec.default === null) throw this.fail(null, `${this.op} needs one of ${spec.words!.join(", ")}`);
      this.fields[spec.name] = spec.type === "value" ? this.ownToken() : spec.default!;
    }
    const operation = { op: this.op, ...this.fields } as unknown as Operation;
    this.names.made(operation);
    return operation;
  }

  /** What a write without a value stores: the writer's own token. */
  private ownToken(): number {
    const agent = this.op === "cpu_write" ? (this.fields["alias"] as "linear") : this.op === "dev_write" ? "device" : "host";
    return tokenOf(agent, this.fields["buf"] as number);
  }
}

/** Reads an operation up to the arrow or the end of its line. @throws CbitError (CBIT-140, CBIT-141) */
export function parseOperation(words: Words, names: Names): Operation {
  const word = words.take();
  const text = word?.text ?? "";
  if (word === null || word.quoted || !Object.hasOwn(OPERATIONS, text)) {
    const known = [...Object.keys(OPERATIONS), "check", "reset", "run", "machine", "device", "policy", "source", "litmus"];
    throw mistake(words.line, word, "CBIT-140", `${quote(text)} is neither an operation nor a statement${meant(text, known)}`, "docs/reference/litmus.md lists all.");
  }
  const reader = new Reader(words, names, text as Operation["op"]);
  for (const argument of words.until("->")) reader.argument(argument);
  return reader.finish();
}
