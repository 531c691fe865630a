// SPDX-License-Identifier: MIT
/** Reads a litmus file (docs/reference/litmus.md). */

import type { Litmus, Outcome, Run, Step } from "./litmus.ts";
import { parseCheck } from "./checks.ts";
import { Names } from "./names.ts";
import { parseOperation } from "./operations.ts";
import { parseOutcome } from "./outcomes.ts";
import { type Line, mistake, quote, splitLine, Words } from "./place.ts";
import { type Defaults, parseMachines, parseRun } from "./run-line.ts";

const MAX_BYTES = 1 << 20;
const MAX_STEPS = 1000;
const MAX_RUNS = 1000;
const LABEL = /^([A-Za-z_][\w-]*):$/;
const DONE: Outcome = { kind: "ok" };

class Parser {
  private readonly names = new Names();
  private readonly steps: Step[] = [];
  private readonly runs: Run[] = [];
  private readonly sources: string[] = [];
  private title: string | null = null;
  private defaults: Defaults = { machines: [], devices: [], policy: null };

  line(line: Line): void {
    const words = new Words(line);
    const first = words.peek;
    if (first === null) return;
    if (this.title === null && first.text !== "litmus") throw mistake(line, first, "CBIT-140", "the file does not begin with its title", 'The first line is: litmus "TITLE".');
    switch (first.quoted ? "" : first.text) {
      case "litmus":
        return this.litmus(words);
      case "source":
        return void this.sources.push(line.raw.trim().slice("source".length).trim());
      case "machine":
      case "device":
      case "policy":
        return this.header(words);
      case "run":
        words.take();
        if (this.runs.length >= MAX_RUNS) throw mistake(line, first, "CBIT-144", `more than ${MAX_RUNS} runs`, "Split the file.");
        return void this.runs.push(parseRun(words, this.names, this.steps, this.defaults));
      default:
        return this.step(words);
    }
  }

  private litmus(words: Words): void {
    words.take();
    const title = words.take();
    if (this.title !== null) throw mistake(words.line, words.line.words[0]!, "CBIT-140", "the title is given twice", "One file has one title.");
    if (title === null || !title.quoted || title.text.trim() === "") throw mistake(words.line, title, "CBIT-140", "the title is missing", 'It is written: litmus "TITLE".');
    this.end(words);
    this.title = title.text;
  }

  private header(words: Words): void {
    const what = words.take()!;
    if (this.steps.length > 0) throw mistake(words.line, what, "CBIT-140", `${what.text} stands behind the first step`, "It belongs below the title; a run names its own with on, with and policy.");
    const given = words.until();
    if (given.length === 0) throw mistake(words.line, null, "CBIT-140", `${what.text} needs a name`, `\`cbit list ${what.text === "policy" ? "policies" : `${what.text}s`}\` shows all.`);
    if (what.text === "machine") this.defaults = { ...this.defaults, machines: parseMachines(words, given) };
    else if (what.text === "device") this.defaults = { ...this.defaults, devices: given.map((w) => w.text) };
    else this.defaults = { ...this.defaults, policy: given[0]!.text };
  }

  private step(words: Words): void {
    const { line } = words;
    if (this.runs.length > 0) throw mistake(line, words.peek, "CBIT-140", "a step stands behind a run", "All steps come before the first run.");
    if (this.steps.length >= MAX_STEPS) throw mistake(line, words.peek, "CBIT-140", `more than ${MAX_STEPS} steps`, "Split the file.");
    const label = this.label(words);
    const written = { line: line.number, text: words.text, label };
    if (words.takes("check")) this.steps.push({ ...written, kind: "check", check: parseCheck(words, this.names) });
    else if (words.takes("reset")) {
      if (!words.takes("costs")) throw mistake(line, words.peek, "CBIT-140", 'only "reset costs" can be reset', "Write: reset costs");
      this.steps.push({ ...written, kind: "reset" });
    } else {
      const operation = parseOperation(words, this.names);
      const outcome = words.takes("->") ? parseOutcome(words, this.names) : DONE;
      this.steps.push({ ...written, kind: "operation", operation, outcome });
    }
    this.end(words);
  }

  private label(words: Words): string | null {
    const match = words.peek === null || words.peek.quoted ? null : LABEL.exec(words.peek.text);
    if (match === null) return null;
    const word = words.take()!;
    const label = match[1]!;
    if (this.steps.some((s) => s.label === label)) throw mistake(words.line, word, "CBIT-140", `the label ${label} is given twice`, "Each label names one step.");
    return label;
  }

  private end(words: Words): void {
    if (words.peek !== null) throw mistake(words.line, words.peek, "CBIT-140", `${quote(words.peek.text)} stands behind the end of the statement`, "Each statement has a line of its own.");
  }

  finish(file: string, last: Line): Litmus {
    if (this.title === null) throw mistake(last, null, "CBIT-140", "the file is empty", 'It begins with: litmus "TITLE".');
    if (this.runs.length === 0) throw mistake(last, null, "CBIT-144", "the file has no run", "For instance: run model:6.12 expect holds");
    return { file, title: this.title, sources: this.sources, buffers: this.names.buffers, values: this.names.values, steps: this.steps, runs: this.runs };
  }
}

/**
 * The value of a litmus file.
 * @param file its name, for messages
 * @throws CbitError (CBIT-140 to CBIT-144, CBIT-101) that names file, line and column
 */
export function parseLitmus(file: string, text: string): Litmus {
  const lines = text.split(/\r?\n/);
  const at = (number: number, raw: string): Line => splitLine(file, number, raw);
  if (text.length > MAX_BYTES) throw mistake({ file, number: 1, raw: "", words: [] }, null, "CBIT-140", "the file is larger than 1 MB", "Split it.");
  const parser = new Parser();
  let last: Line = { file, number: 1, raw: "", words: [] };
  for (const [index, raw] of lines.entries()) {
    // "source" takes the rest of its line as it is.
    const line = /^\s*source(\s|$)/.test(raw) ? { file, number: index + 1, raw, words: [{ text: "source", quoted: false, written: "source", column: raw.indexOf("source") + 1 }] } : at(index + 1, raw);
    if (line.words.length > 0) last = line;
    parser.line(line);
  }
  return parser.finish(file, last);
}
