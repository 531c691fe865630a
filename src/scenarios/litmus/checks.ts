// SPDX-License-Identifier: MIT
/** `check` lines as they are written: a subject, then what must hold of it. */

import { CPU_ALIASES, type CpuAlias } from "../../kernel/index.ts";
import { type Check, type Comparison, COST_NAMES, type CostName, type ViewConditions } from "./litmus.ts";
import type { Names } from "./names.ts";
import { parseNumber } from "./operations.ts";
import { meant, mistake, quote, type Word, type Words } from "./place.ts";

const SUBJECTS = ["view", "page", "cost", "freed", "warns"] as const;
const KINDS: readonly string[] = [...CPU_ALIASES, "device"];
const STATES = ["private", "shared", "unaccepted"];
const DOMAINS = ["plain", "host key", "VM key", "TD key", "realm key"];
const CACHES = ["WB", "WT", "WC", "WP", "UC-", "UC"];
const COSTS = Object.keys(COST_NAMES);
const HINT = "check view BUFFER MAPPING CONDITION..., check page BUFFER STATE, check cost NAME=N..., check freed N, or check warns N.";

function fail(words: Words, word: Word | null, message: string): Error {
  return mistake(words.line, word, "CBIT-143", message, HINT);
}

/** "3", "=3", ">=3", "<=3". */
function comparison(text: string): Comparison | null {
  const match = /^(=|>=|<=)?(.*)$/s.exec(text)!;
  const value = parseNumber(match[2]!);
  return value === null ? null : { operator: (match[1] as Comparison["operator"] | undefined) ?? "=", value };
}

function condition(words: Words, word: Word): Partial<ViewConditions> {
  const { text } = word;
  if (text === "absent") return { present: false };
  if (text === "private" || text === "shared") return { attribute: text };
  const match = /^(C|S|cache|domain)=(.*)$/s.exec(text);
  if (match === null) throw fail(words, word, `${quote(text)} is no condition on a view: C=0, C=1, private, shared, cache=WC, domain="VM key", absent`);
  const [, key, value] = match as unknown as [string, string, string];
  if (key === "cache" || key === "domain") {
    const known = key === "cache" ? CACHES : DOMAINS;
    if (!known.includes(value)) throw fail(words, word, `${key} must be one of ${known.join(", ")}, not ${quote(value)}${meant(value, known)}`);
    return { [key]: value };
  }
  if (value !== "0" && value !== "1") throw fail(words, word, `${key} must be 0 or 1, not ${quote(value)}`);
  return { bit: value === "1" };
}

function viewConditions(words: Words): ViewConditions {
  let is: ViewConditions = { present: true, bit: null, attribute: null, cache: null, domain: null };
  const given = words.until(";");
  if (given.length === 0) throw fail(words, null, "no condition on the view");
  for (const word of given) is = { ...is, ...condition(words, word) };
  if (!is.present && given.length > 1) throw fail(words, given[0]!, "a view that is absent has no other conditions");
  return is;
}

function costs(words: Words): Extract<Check, { what: "cost" }>["is"] {
  const given = words.until(";");
  if (given.length === 0) throw fail(words, null, "no cost is named");
  return given.map((word) => {
    const match = /^([A-Za-z_]+)((?:=|>=|<=).*)$/s.exec(word.text);
    const name = match?.[1] ?? word.text;
    if (!Object.hasOwn(COST_NAMES, name)) throw fail(words, word, `${quote(name)} is not a cost${meant(name, COSTS)}`);
    const is = match === null ? null : comparison(match[2]!);
    if (is === null) throw fail(words, word, `${name} needs a number: ${name}=1, ${name}>=1 or ${name}<=1`);
    return [name as CostName, is] as const;
  });
}

function number(words: Words, what: string): Comparison {
  const word = words.take();
  const is = word === null || word.quoted ? null : comparison(word.text);
  if (is === null) throw fail(words, word, `${what} needs a number: ${what} 0, ${what} >=1`);
  return is;
}

function pageState(words: Words): string {
  const word = words.take();
  if (word !== null && !word.quoted && STATES.includes(word.text)) return word.text;
  throw fail(words, word, `a page is one of ${STATES.join(", ")}`);
}

/** Reads the condition of a check on the same subject as `subject`: the rest of a check, or what a run puts in its place. @throws CbitError (CBIT-143) */
export function parseCondition(words: Words, subject: Check): Check {
  switch (subject.what) {
    case "view":
      return { ...subject, is: viewConditions(words) };
    case "page":
      return { ...subject, is: pageState(words) };
    case "cost":
      return { ...subject, is: costs(words) };
    case "freed":
      return { ...subject, is: number(words, subject.what) };
    case "warns": {
      if (words.peek?.quoted !== true) return { ...subject, is: number(words, subject.what) };
      return { ...subject, is: words.take()!.text };
    }
  }
}

const NOTHING: ViewConditions = { present: true, bit: null, attribute: null, cache: null, domain: null };

/** Reads what stands behind "check". @throws CbitError (CBIT-141, CBIT-143) */
export function parseCheck(words: Words, names: Names): Check {
  const word = words.take();
  switch (word?.text) {
    case "view": {
      const { buf, page } = names.buffer(words, words.take(), false);
      const kind = words.take();
      if (kind === null || !KINDS.includes(kind.text)) throw fail(words, kind, `a view is one of ${KINDS.join(", ")}${kind === null ? "" : meant(kind.text, KINDS)}`);
      return parseCondition(words, { what: "view", buf, page: page ?? 0, kind: kind.text as CpuAlias | "device", is: NOTHING });
    }
    case "page": {
      const { buf, page } = names.buffer(words, words.take(), false);
      return parseCondition(words, { what: "page", buf, page: page ?? 0, is: "" });
    }
    case "cost":
      return parseCondition(words, { what: "cost", is: [] });
    case "freed":
    case "warns":
      return parseCondition(words, { what: word.text, is: { operator: "=", value: 0 } });
    default:
      throw fail(words, word ?? null, `nothing to check is called ${quote(word?.text ?? "")}${meant(word?.text ?? "", SUBJECTS)}`);
  }
}
