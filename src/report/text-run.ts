// SPDX-License-Identifier: MIT
/** `cbit run` as text and as `cbit.run/1`: one line for each run, the story of those that differ, a last line that counts. */

import type { Style } from "./style.ts";
import { count, wrap } from "./wrap.ts";

/** One run of one file on one kernel, machine and device. */
export interface LitmusRun {
  readonly line: number;
  readonly kernel: string;
  readonly policy: string | null;
  /** The policy where the file names one. */
  readonly named: string | null;
  readonly machine: string;
  readonly device: string;
  readonly expected: string;
  readonly got: string;
  readonly ok: boolean;
  readonly reason: string | null;
  readonly differences: readonly { readonly line: number; readonly text: string; readonly expected: string; readonly got: string }[];
  readonly broken: readonly {
    readonly line: number;
    readonly text: string;
    readonly violation: { readonly rule: string; readonly title: string; readonly hint: string; readonly why: { readonly text: string; readonly ref: string } };
  }[];
  readonly steps: readonly { readonly line: number; readonly text: string; readonly result: string }[];
  readonly left: number;
}

/** A litmus file with what its runs came to. */
export interface LitmusFile {
  readonly file: string;
  readonly title: string;
  readonly sources: readonly string[];
  readonly runs: readonly LitmusRun[];
}

/** A run's line in the list: never broken, so that it can be searched for. */
function runLine(file: LitmusFile, run: LitmusRun, style: Style): string {
  const verdict = run.ok ? style.verdict("holds", "ok    ") : style.verdict("broken", "FAILED");
  const came = run.ok ? run.got : `expected ${run.expected}, got ${run.got}`;
  return `${verdict}  ${file.file}:${run.line} ${caseText(run)}: ${came}`;
}

/** "model:6.12 on sev with vmwgfx, policy encrypted". The policy is left out where it is what Linux does. */
function caseText(run: LitmusRun): string {
  const policy = run.named === null ? "" : `, policy ${run.named}`;
  return `${run.kernel} on ${run.machine} with ${run.device}${policy}`;
}

function differenceLines(run: LitmusRun, file: string, style: Style): string[] {
  return run.differences.flatMap((d) => [
    wrap(d.text, style.width, `  ${file}:${d.line}: `, "    "),
    wrap(d.expected, style.width, "    expected  "),
    wrap(d.got, style.width, "    got       "),
  ]);
}

function brokenLines(run: LitmusRun, style: Style): string[] {
  return run.broken.flatMap(({ line, violation }) => [
    wrap(`${violation.rule}: ${violation.title}`, style.width, `  line ${line} `, "    "),
    wrap(violation.why.text, style.width, "    why   "),
    style.dim(wrap(violation.why.ref, style.width, "          ")),
  ]);
}

/** What happened in a run that is not as expected. */
function storyLines(file: LitmusFile, run: LitmusRun, style: Style): string[] {
  const lines = [style.bold(wrap(`${file.title} (${file.file}:${run.line})`, style.width)), wrap(`${caseText(run)}: expected ${run.expected}, got ${run.got}`, style.width, "  ")];
  if (run.reason !== null) lines.push(wrap(run.reason, style.width, "  "));
  lines.push(...differenceLines(run, file.file, style), ...brokenLines(run, style));
  if (run.steps.length > 0) lines.push("  steps");
  for (const step of run.steps) lines.push(wrap(`${step.text}  =  ${step.result}`, style.width, `  ${String(step.line).padStart(4)}  `));
  if (run.left > 0) lines.push(`        ${count(run.left, "further step")} did not run`);
  return lines;
}

/** Litmus files as text: what is as they say, and what is not. Ends in a line break. */
export function runText(files: readonly LitmusFile[], style: Style): string {
  const all = files.flatMap((file) => file.runs.map((run) => ({ file, run })));
  const failed = all.filter(({ run }) => !run.ok);
  const parts = [
    ...(all.length === 0 ? [] : [all.map(({ file, run }) => runLine(file, run, style)).join("\n")]),
    ...failed.map(({ file, run }) => storyLines(file, run, style).join("\n")),
    wrap(`${count(files.length, "file")}, ${count(all.length, "run")}: ${all.length === 0 ? "nothing to run" : failed.length === 0 ? "all as expected" : `${all.length - failed.length} as expected, ${failed.length} FAILED`}`, style.width),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** `cbit.run/1`. */
export function runJson(files: readonly LitmusFile[]): string {
  const value = {
    schema: "cbit.run/1",
    files: files.map((f) => ({
      file: f.file,
      title: f.title,
      sources: f.sources,
      runs: f.runs.map((r) => ({
        line: r.line,
        kernel: r.kernel,
        policy: r.policy,
        machine: r.machine,
        device: r.device,
        ok: r.ok,
        expected: r.expected,
        got: r.got,
        ...(r.reason === null ? {} : { reason: r.reason }),
        differences: r.differences.map((d) => ({ line: d.line, step: d.text, expected: d.expected, got: d.got })),
        violations: r.broken.map((b) => ({ line: b.line, step: b.text, rule: b.violation.rule, title: b.violation.title, why: b.violation.why.text, ref: b.violation.why.ref, hint: b.violation.hint })),
        steps: r.steps.map((s) => ({ line: s.line, step: s.text, result: s.result })),
        left: r.left,
      })),
    })),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}
