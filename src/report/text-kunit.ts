// SPDX-License-Identifier: MIT
/** `cbit kunit` as text: a line for each suite, the story of each test that fails, notes, differences between machines. */

import { type MachineTests, stopText, type SuiteResult, type TestDifference, type TestResult } from "../kernel/index.ts";
import { type KunitReport, kunitTotals, suiteStatus, type Totals } from "./kunit.ts";
import type { Style } from "./style.ts";
import { count, wrap } from "./wrap.ts";

function totalsText({ tests, passed, failed, skipped, unsupported }: Totals): string {
  const parts = [`${passed} passed`];
  if (failed > 0) parts.push(`${failed} FAILED`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  if (unsupported > 0) parts.push(`${unsupported} not run by cbit`);
  return `${count(tests, "test")}: ${parts.join(", ")}`;
}

function suiteLine(suite: SuiteResult, style: Style): string {
  const status = suiteStatus(suite);
  const word = status === "ok" ? style.verdict("holds", "ok    ") : status === "not ok" ? style.verdict("broken", "FAILED") : style.dim("skip  ");
  return `  ${word}  ${suite.name}: ${totalsText(kunitTotals([suite]))}`;
}

const stack = (frames: readonly string[], width: number): string[] => (frames.length === 0 ? [] : [wrap(frames.join(" <- "), width, "      in ", "         ")]);

function failureLines(suite: string, test: TestResult, style: Style): string[] {
  const lines = [`  ${style.verdict("broken", "not ok")} ${suite}.${test.name}`];
  if (test.stop !== null) {
    lines.push(wrap(stopText(test.stop), style.width, "      "));
    lines.push(...stack(test.stop.frames, style.width));
  }
  return [...lines, ...test.log.map((line) => `      | ${line.trim()}`)];
}

function noteLines(suite: string, test: TestResult, style: Style): string[] {
  const lines = test.warnings.flatMap((w) => [wrap(`${suite}.${test.name}: WARN at ${w.at}`, style.width, "  note: ", "    "), ...stack(w.frames, style.width)]);
  if (test.alone !== null) lines.push(wrap(`${suite}.${test.name} passes only after the suites before it; on a machine that has just booted: ${test.alone}`, style.width, "  note: ", "    "));
  if (test.status === "unsupported") lines.push(wrap(`${suite}.${test.name} was not run: it ${test.comment}`, style.width, "  note: ", "    "));
  return lines;
}

function machineLines({ machine, unsupported, suites }: MachineTests, style: Style): string[] {
  if (unsupported !== null) return [wrap(`unsupported: ${unsupported}`, style.width, `${style.bold(machine)}: `, "  ")];
  const tests = suites.flatMap((s) => s.tests.map((test) => ({ suite: s.name, test })));
  return [
    `${style.bold(machine)}: ${count(suites.length, "suite")}, ${totalsText(kunitTotals(suites))}`,
    ...suites.map((s) => suiteLine(s, style)),
    ...tests.filter(({ test }) => test.status === "not ok").flatMap(({ suite, test }) => failureLines(suite, test, style)),
    ...tests.flatMap(({ suite, test }) => noteLines(suite, test, style)),
  ];
}

function differenceLines(d: TestDifference, style: Style): string[] {
  const name = `${d.suite}.${d.test}${d.parameter === null ? "" : ` (${d.parameter})`}`;
  return [`  ${name}`, ...d.outcomes.map((o) => wrap(o.machines.join(", "), style.width, `    ${o.outcome}: `, "      "))];
}

/** The whole report. On further machines only what differs from the first one is told. */
export function kunitText(report: KunitReport, style: Style): string {
  const [first, ...others] = report.machines;
  const lines = [`Linux ${report.release} at ${report.path}${report.patches.length === 0 ? "" : `, with ${report.patches.join(", ")}`}: ${report.glob}`, "", ...machineLines(first!, style)];
  if (others.length > 0) lines.push("", ...others.flatMap((m) => machineLines(m, style).slice(0, 1)));
  if (report.differences.length > 0) lines.push("", `${count(report.differences.length, "difference")} between machines:`, ...report.differences.flatMap((d) => differenceLines(d, style)));
  else if (others.some((m) => m.unsupported === null)) lines.push("", "The same on all of them.");
  return `${lines.join("\n")}\n`;
}
