// SPDX-License-Identifier: MIT
/** `cbit kunit`: results of a tree's own suites, as KTAP, JUnit XML and `cbit.kunit/1`. */

import { type MachineTests, stopText, type SuiteResult, type TestDifference, type TestResult, type TestStatus } from "../kernel/index.ts";
import { type Json, print } from "./json-print.ts";
import { xmlText } from "./xml-text.ts";

export interface KunitReport {
  readonly path: string;
  readonly release: string;
  readonly patches: readonly string[];
  readonly glob: string;
  readonly machines: readonly MachineTests[];
  readonly differences: readonly TestDifference[];
}

/** A suite is what its tests are: KUnit's own rule (kunit_suite_has_succeeded). */
export function suiteStatus({ tests }: SuiteResult): TestStatus {
  if (tests.some((t) => t.status === "not ok")) return "not ok";
  return tests.every((t) => t.status === "skip" || t.status === "unsupported") ? "skip" : "ok";
}

export interface Totals {
  readonly tests: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly unsupported: number;
}

/** Counts as KUnit does: each set of parameters is a test. */
export function kunitTotals(suites: readonly SuiteResult[]): Totals {
  const all = suites.flatMap((s) => s.tests).flatMap((t) => (t.parameters.length === 0 || t.stop !== null ? [...t.parameters, t] : t.parameters));
  const of = (status: TestStatus): number => all.filter((t) => t.status === status).length;
  return { tests: all.length, passed: of("ok"), failed: of("not ok"), skipped: of("skip"), unsupported: of("unsupported") };
}

const line = (status: TestStatus, index: number, name: string, comment: string): string => {
  const skip = status === "skip" || status === "unsupported";
  return `${status === "not ok" ? "not ok" : "ok"} ${index + 1} ${name}${skip ? ` # SKIP${comment === "" ? "" : ` ${comment}`}` : ""}`;
};

/** What KUnit did not say of a test itself. */
function notes(test: TestResult): string[] {
  const stack = (frames: readonly string[]): string => (frames.length === 0 ? "" : ` (${frames.join(" <- ")})`);
  const lines = test.warnings.map((w) => `WARN at ${w.at}${stack(w.frames)}`);
  if (test.stop !== null) lines.push(`stopped: ${stopText(test.stop)}${stack(test.stop.frames)}`);
  if (test.alone !== null) lines.push(`passes only after the suites before it; alone: ${test.alone}`);
  return lines.map((text) => `    # ${test.name}: ${text}`);
}

function suiteLines(suite: SuiteResult, index: number): string[] {
  const tests = suite.tests.flatMap((test, i) => [...test.log, ...notes(test), `    ${line(test.status, i, test.name, test.status === "unsupported" ? `cbit: ${test.comment}` : test.comment)}`]);
  return ["    KTAP version 1", `    # Subtest: ${suite.name}`, ...suite.head, `    1..${suite.tests.length}`, ...tests, line(suiteStatus(suite), index, suite.name, "")];
}

const body = (suites: readonly SuiteResult[]): string[] => ["KTAP version 1", `1..${suites.length}`, ...suites.flatMap(suiteLines)];

/** KTAP: as KUnit prints it for one machine; with a level for the machines where there are several. */
export function kunitKtap({ machines }: KunitReport): string {
  const [only] = machines;
  if (machines.length === 1 && only!.unsupported === null) return `${body(only!.suites).join("\n")}\n`;
  const lines = machines.flatMap((m, i) => {
    if (m.unsupported !== null) return [line("skip", i, m.machine, m.unsupported)];
    const [version, plan, ...rest] = body(m.suites).map((text) => `    ${text}`);
    const failed = m.suites.some((s) => suiteStatus(s) === "not ok");
    return [version!, `    # Subtest: ${m.machine}`, plan!, ...rest, line(failed ? "not ok" : "ok", i, m.machine, "")];
  });
  return `${["KTAP version 1", `1..${machines.length}`, ...lines].join("\n")}\n`;
}

function junitCase(suite: string, test: TestResult): string {
  const head = `    <testcase classname="${xmlText(suite)}" name="${xmlText(test.name)}"`;
  const text = [...test.log.map((l) => l.trim()), ...notes(test).map((l) => l.trim())].join("\n");
  if (test.status === "ok") return text === "" ? `${head}/>` : `${head}><system-out>${xmlText(text)}</system-out></testcase>`;
  if (test.status === "not ok") return `${head}><failure message="${xmlText(test.stop?.reason ?? "not ok")}">${xmlText(text)}</failure></testcase>`;
  return `${head}><skipped message="${xmlText(test.comment)}"/></testcase>`;
}

/** JUnit XML: a suite of it for each suite on each machine. */
export function kunitJunit({ machines }: KunitReport): string {
  const suites = machines.flatMap(({ machine, suites: list }) =>
    list.map((suite) => {
      const of = (...statuses: readonly TestStatus[]): number => suite.tests.filter((t) => statuses.includes(t.status)).length;
      const head = `  <testsuite name="${xmlText(`${machine}.${suite.name}`)}" tests="${suite.tests.length}" failures="${of("not ok")}" skipped="${of("skip", "unsupported")}" errors="0">`;
      return [head, ...suite.tests.map((test) => junitCase(suite.name, test)), "  </testsuite>"].join("\n");
    }),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join("\n")}\n</testsuites>\n`;
}

function testJson(test: TestResult): Json {
  const { name, status, comment, parameters, log, warnings, stop, alone } = test;
  return {
    name,
    status,
    ...(comment === "" ? {} : { comment }),
    parameters: parameters.map((p) => ({ name: p.name, status: p.status, ...(p.comment === "" ? {} : { comment: p.comment }) })),
    warnings: warnings.map((w) => ({ at: w.at, frames: w.frames })),
    ...(stop === null ? {} : { stop: { reason: stop.reason, at: stop.at, frames: stop.frames } }),
    ...(alone === null ? {} : { alone }),
    ...(status === "not ok" ? { log } : {}),
  };
}

/** cbit.kunit/1 */
export function kunitJson(report: KunitReport): string {
  const { path, release, patches, glob, machines, differences } = report;
  return print({
    schema: "cbit.kunit/1",
    tree: { path, release, patches },
    glob,
    machines: machines.map((m) => ({
      machine: m.machine,
      ...(m.unsupported === null ? {} : { unsupported: m.unsupported }),
      totals: { ...kunitTotals(m.suites) },
      suites: m.suites.map((s) => ({ name: s.name, status: suiteStatus(s), tests: s.tests.map(testJson) })),
    })),
    differences: differences.map((d) => ({ suite: d.suite, test: d.test, parameter: d.parameter, outcomes: d.outcomes.map((o) => ({ outcome: o.outcome, machines: o.machines })) })),
  });
}
