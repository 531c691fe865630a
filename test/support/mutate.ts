// SPDX-License-Identifier: MIT
/** Damages texts at random, always in the same way for the same seed. For the fuzz tests of everything that reads files. */

/** A generator of whole numbers: mulberry32, the same sequence for the same seed. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 to 2^32 - 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** From 0 to `limit` - 1. */
  below(limit: number): number {
    return this.next() % limit;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

/** One kind of damage: a text in, a text out. */
export type Mutation = (text: string, random: Random) => string;

/** Two places in a text, the first not behind the second. The stretch between them is mostly short. */
function stretch(text: string, random: Random): readonly [number, number] {
  const from = random.below(text.length + 1);
  return [from, Math.min(text.length, from + random.below(random.below(8) === 0 ? 200 : 12))];
}

const put = (text: string, from: number, to: number, by: string): string => text.slice(0, from) + by + text.slice(to);

/** Characters that parsers trip over. */
const SPECIAL = ["\0", "\n", "\r", "\t", " ", '"', "\\", "{", "}", "[", "]", ":", ",", "/", "*", "#", "=", "-", "0", "9", "e", "\u2028", "\ufeff", "\ud800", "é", "💥"] as const;

/** Words in the place of others: of another type, too large, or of a meaning that JavaScript's own objects have. */
const WORDS = [
  "null", "true", "false", "0", "-1", "1.5", "1e999", "-0", "4294967296", "9007199254740993", '""', '"x"', "[]", "{}", "[[]]", '{"a":1}',
  "__proto__", "constructor", "toString", "hasOwnProperty", "NaN", "undefined", "0x10", "'x'",
] as const;

/** A word or a string: what a value or a name is made of. */
const WORD = /"(?:[^"\\\n]|\\.)*"|[A-Za-z0-9_.-]+/g;

/** All kinds of damage that suit any text. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  /** A bit of one character. */
  flip: (text, random) => {
    if (text === "") return text;
    const at = random.below(text.length);
    return put(text, at, at + 1, String.fromCharCode(text.charCodeAt(at) ^ (1 << random.below(8))));
  },
  remove: (text, random) => {
    const [from, to] = stretch(text, random);
    return put(text, from, to, "");
  },
  /** A stretch once more, at its own place or elsewhere. */
  duplicate: (text, random) => {
    const [from, to] = stretch(text, random);
    const at = random.below(2) === 0 ? to : random.below(text.length + 1);
    return put(text, at, at, text.slice(from, to));
  },
  insert: (text, random) => {
    const at = random.below(text.length + 1);
    return put(text, at, at, random.pick(SPECIAL));
  },
  /** A word by one of another type. */
  retype: (text, random) => {
    const words = [...text.matchAll(WORD)];
    if (words.length === 0) return text;
    const word = random.pick(words);
    return put(text, word.index, word.index + word[0].length, random.pick(WORDS));
  },
  /** Two words in each other's place. */
  swap: (text, random) => {
    const words = [...text.matchAll(WORD)];
    if (words.length < 2) return text;
    const at = random.below(words.length - 1);
    const [first, second] = [words[at]!, words[at + 1 + random.below(words.length - 1 - at)]!];
    return put(put(text, second.index, second.index + second[0].length, first[0]), first.index, first.index + first[0].length, second[0]);
  },
  removeLine: (text, random) => {
    const lines = text.split("\n");
    lines.splice(random.below(lines.length), 1);
    return lines.join("\n");
  },
  duplicateLine: (text, random) => {
    const lines = text.split("\n");
    lines.splice(random.below(lines.length), 0, random.pick(lines));
    return lines.join("\n");
  },
  truncate: (text, random) => text.slice(0, random.below(text.length + 1)),
};

const KINDS = Object.values(MUTATIONS);

/** `text` with one to four kinds of damage. */
export function mutate(text: string, random: Random): string {
  let damaged = text;
  for (let i = 1 + random.below(4); i > 0; i--) damaged = random.pick(KINDS)(damaged, random);
  return damaged;
}

/** Files that all fuzz tests together read, and what the others go by: the environment variable CBIT_FUZZ, 100,000 where it is not set. */
export function fuzzCount(share: number): number {
  const set = process.env["CBIT_FUZZ"];
  if (set !== undefined && !/^[1-9]\d{0,8}$/.test(set)) throw new Error(`CBIT_FUZZ must be a whole number from 1 up, not "${set}"`);
  return Math.max(1, Math.ceil(Number(set ?? 100_000) * share));
}
