// SPDX-License-Identifier: MIT
/** What a step must come to, behind its arrow; and whether it did. */

import { resultPhrase } from "../../check/index.ts";
import type { Seen, StepResult } from "../../kernel/index.ts";
import { FAULT_KINDS, type FaultKind } from "../../machine/index.ts";
import type { Outcome } from "./litmus.ts";
import type { Names } from "./names.ts";
import { meant, mistake, quote, type Words } from "./place.ts";

const WORDS = ["ok", "anything", "zeros", "garbage", "error", "fault", "crash"] as const;
const HINT = `Behind an arrow: "VALUE", ${WORDS.slice(0, 4).join(", ")}, error [ERRNO], fault [KIND] or crash.`;
const ZEROS = "0".repeat(32);

/** Reads what stands behind "->". @throws CbitError (CBIT-142) */
export function parseOutcome(words: Words, names: Names): Outcome {
  const word = words.take();
  const fail = (message: string): Error => mistake(words.line, word, "CBIT-142", message, HINT);
  if (word === null) throw fail("nothing stands behind the arrow");
  if (word.quoted) {
    const value = names.valueNamed(word.text);
    if (value === null) throw fail(`no step before writes ${quote(word.text)}${names.values.size === 0 ? "" : meant(word.text, [...names.values.values()])}`);
    return { kind: "value", value };
  }
  switch (word.text) {
    case "ok":
    case "anything":
    case "zeros":
    case "garbage":
    case "crash":
      return { kind: word.text };
    case "error": {
      const errno = words.peek;
      if (errno === null || errno.text === ";") return { kind: "error", errno: null };
      if (errno.quoted || !/^E[A-Z0-9]{1,15}$/.test(errno.text)) throw mistake(words.line, errno, "CBIT-142", `${quote(errno.text)} is not the name of an error number`, "For instance: error ENOMEM.");
      words.take();
      return { kind: "error", errno: errno.text };
    }
    case "fault": {
      const kind = words.peek;
      if (kind === null || kind.text === ";") return { kind: "fault", fault: null };
      if (kind.quoted || !(FAULT_KINDS as readonly string[]).includes(kind.text)) {
        throw mistake(words.line, kind, "CBIT-142", `${quote(kind.text)} is not a kind of fault${meant(kind.text, FAULT_KINDS)}`, `One of ${FAULT_KINDS.join(", ")}.`);
      }
      words.take();
      return { kind: "fault", fault: kind.text as FaultKind };
    }
    default:
      throw fail(`${quote(word.text)} is no outcome${meant(word.text, WORDS)}`);
  }
}

/** How a value is called in reports. */
export type ValueName = (value: number) => string;

/** An outcome as it is written. */
export function outcomeText(outcome: Outcome, name: ValueName): string {
  switch (outcome.kind) {
    case "value":
      return name(outcome.value);
    case "error":
      return outcome.errno === null ? "error" : `error ${outcome.errno}`;
    case "fault":
      return outcome.fault === null ? "fault" : `fault ${outcome.fault}`;
    default:
      return outcome.kind;
  }
}

/** True where the bytes can be nobody's. */
function isGarbage(seen: Seen): boolean {
  return seen.storedIn !== seen.readIn || (seen.token === null && seen.bytes !== ZEROS);
}

/** What a reader got, as an outcome would be written. */
function seenText(seen: Seen, name: ValueName): string {
  if (isGarbage(seen)) return "garbage";
  return seen.token === null ? "zeros" : name(seen.token);
}

/** What a step came to, in the same words. */
export function resultText(result: StepResult, name: ValueName): string {
  switch (result.outcome) {
    case "done":
      return result.seen === null ? "ok" : seenText(result.seen, name);
    case "error":
      return `error ${result.errno} (${result.from})`;
    case "fault":
      return `fault ${result.fault.fault}`;
    default:
      return resultPhrase(result);
  }
}

function seenMatches(seen: Seen | null, outcome: Outcome): boolean {
  if (seen === null) return false;
  if (outcome.kind === "garbage") return isGarbage(seen);
  if (isGarbage(seen)) return false;
  return outcome.kind === "value" ? seen.token === outcome.value : seen.token === null;
}

/** True where a step came to what its arrow says. What this kernel does not offer is never right. */
export function matches(outcome: Outcome, result: StepResult): boolean {
  if (result.outcome === "unsupported") return false;
  switch (outcome.kind) {
    case "anything":
      return true;
    case "ok":
      return result.outcome === "done";
    case "value":
    case "zeros":
    case "garbage":
      return result.outcome === "done" && seenMatches(result.seen, outcome);
    case "error":
      return result.outcome === "error" && (outcome.errno === null || outcome.errno === result.errno);
    case "fault":
      return result.outcome === "fault" && (outcome.fault === null || outcome.fault === result.fault.fault);
    case "crash":
      return result.outcome === "crash";
  }
}
