// SPDX-License-Identifier: MIT
/** `run KERNEL [policy NAME] [on MACHINE...] [with DEVICE...] expect WHAT... [; LABEL -> WHAT]...` */

import { CbitError } from "../../base/index.ts";
import { type RuleId, RULES } from "../../check/index.ts";
import type { Configuration } from "../../kernel/index.ts";
import { machinesOf } from "../machines.ts";
import { parseCondition } from "./checks.ts";
import type { Expectation, Override, Run, Step } from "./litmus.ts";
import type { Names } from "./names.ts";
import { parseOutcome } from "./outcomes.ts";
import { meant, mistake, quote, type Word, type Words } from "./place.ts";

/** What a file says before its first run, for the runs that do not say it. */
export interface Defaults {
  readonly machines: readonly Configuration[];
  readonly devices: readonly string[];
  readonly policy: string | null;
}

const HINT = "It is written: run KERNEL [policy NAME] [on MACHINE...] [with DEVICE...] expect holds|RULE...|refused|unsupported [; LABEL -> WHAT]...";
const CLAUSES = ["policy", "on", "with", "expect", ";"] as const;

function fail(words: Words, word: Word | null, message: string): CbitError {
  return mistake(words.line, word, "CBIT-144", message, HINT);
}

/** The machines that words name, each with its place in an error. @throws CbitError */
export function parseMachines(words: Words, specs: readonly Word[]): Configuration[] {
  if (specs.length === 0) throw fail(words, words.peek, "a machine's name is missing");
  return specs.flatMap((spec) => {
    try {
      return machinesOf([spec.text]);
    } catch (error) {
      if (error instanceof CbitError) throw relocated(words, spec, error);
      throw error;
    }
  });
}

/** An error of somebody else's reader, with the place of the word that it is about. */
export function relocated(words: Words, word: Word, error: CbitError): CbitError {
  return new CbitError({ code: error.code, exit: error.exit, message: `${words.line.file}:${words.line.number}:${word.column}: ${error.message}`, ...(error.hint === undefined ? {} : { hint: error.hint }), cause: error });
}

function parseRules(words: Words, given: readonly Word[]): Expectation {
  const rules: RuleId[] = [];
  const not: RuleId[] = [];
  let negated = false;
  let holds = false;
  for (const word of given) {
    if (word.text === "not" && !negated) {
      negated = true;
      continue;
    }
    if (word.text === "holds" && !negated) {
      holds = true;
      continue;
    }
    const rule = RULES.find((r) => r.id === word.text.replace(/,$/, ""));
    if (rule === undefined) {
      throw fail(words, word, `${quote(word.text)} is not a rule${meant(word.text, ["holds", "refused", "unsupported", "not", ...RULES.map((r) => r.id)])}`);
    }
    if (negated && rule.severity === "error") throw fail(words, word, `not ${rule.id}: rules of severity error that are not named must not be broken anyway`);
    (negated ? not : rules).push(rule.id);
    negated = false;
  }
  if (negated) throw fail(words, null, "a rule is missing behind not");
  const broken = rules.find((id) => RULES.find((r) => r.id === id)!.severity === "error");
  if (holds && broken !== undefined) throw fail(words, given[0]!, `holds, and ${broken} too: one of them is too much`);
  return { kind: "rules", rules: [...new Set(rules)], not: [...new Set(not)] };
}

function parseExpectation(words: Words): Expectation {
  const given = words.until(";");
  const first = given[0];
  if (first === undefined) throw fail(words, null, "nothing stands behind expect");
  if (first.text !== "refused" && first.text !== "unsupported") return parseRules(words, given);
  const wrongly = first.text === "refused" && given[1]?.text === "refusal";
  const more = given[wrongly ? 2 : 1];
  if (more !== undefined) throw fail(words, more, `${first.text} stands alone, for no step runs; only "refused refusal" says that it should not be refused`);
  return first.text === "refused" ? { kind: "refused", wrongly } : { kind: "unsupported" };
}

function parseOverrides(words: Words, names: Names, steps: readonly Step[]): Map<string, Override> {
  const overrides = new Map<string, Override>();
  while (words.takes(";")) {
    const word = words.take();
    const step = word === null ? undefined : steps.find((s) => s.label === word.text);
    const labels = steps.flatMap((s) => (s.label === null ? [] : [s.label]));
    if (step === undefined) throw fail(words, word, `no step has the label ${quote(word?.text ?? "")}${labels.length === 0 ? "; a label stands before its step: LABEL: OPERATION" : meant(word?.text ?? "", labels)}`);
    if (!words.takes("->")) throw fail(words, words.peek, `"->" is missing behind ${step.label}`);
    if (overrides.has(step.label!)) throw fail(words, word, `${step.label} is given twice`);
    if (step.kind === "reset") throw fail(words, word, `${step.label} labels a step that comes to nothing`);
    overrides.set(step.label!, step.kind === "operation" ? { kind: "outcome", outcome: parseOutcome(words, names) } : { kind: "check", check: parseCondition(words, step.check) });
  }
  return overrides;
}

/** Reads what stands behind "run". @throws CbitError (CBIT-144, and those of the machine's name) */
export function parseRun(words: Words, names: Names, steps: readonly Step[], defaults: Defaults): Run {
  const kernel = words.take();
  if (kernel === null || kernel.quoted || (CLAUSES as readonly string[]).includes(kernel.text)) throw fail(words, kernel, "a kernel's name is missing, such as model:6.12");
  let { machines, devices, policy } = defaults;
  for (;;) {
    if (words.takes("policy")) policy = words.until(...CLAUSES)[0]?.text ?? policy;
    else if (words.takes("on")) machines = parseMachines(words, words.until(...CLAUSES));
    else if (words.takes("with")) devices = words.until(...CLAUSES).map((w) => w.text);
    else break;
  }
  if (!words.takes("expect")) throw fail(words, words.peek, words.peek === null ? "expect is missing" : `${quote(words.peek.text)} is not expected here`);
  const expect = parseExpectation(words);
  const overrides = parseOverrides(words, names, steps);
  if (words.peek !== null) throw fail(words, words.peek, `${quote(words.peek.text)} is not expected here`);
  if (machines.length === 0) throw fail(words, kernel, "no machine is named, neither here nor before");
  if (devices.length === 0) throw fail(words, kernel, "no device is named, neither here nor before");
  return { line: words.line.number, text: words.text, kernel: kernel.text, policy, machines, devices, expect, overrides };
}
