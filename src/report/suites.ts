// SPDX-License-Identifier: MIT
/** Cases as tests, machine by machine: what KTAP and JUnit write down. */

import { type CaseResult, type ComparedCase, errorsOf, type Finding, formatStep, formatToken } from "../check/index.ts";
import type { About } from "./about.ts";
import type { CheckReport, CompareReport } from "./reports.ts";
import type { LitmusFile, LitmusRun } from "./text-run.ts";

/** One case as a test. */
export interface Test {
  readonly name: string;
  readonly status: "ok" | "not ok" | "skip";
  /** Why it is skipped, or what is wrong, in one line; empty where there is nothing to say. */
  readonly reason: string;
  /** What is wrong in a word: the rule; empty where nothing is. */
  readonly kind: string;
  /** What else there is to tell, line by line. */
  readonly lines: readonly string[];
}

/** The tests of one machine, or of one litmus file. */
export interface Suite {
  readonly name: string;
  readonly tests: readonly Test[];
}

/** All suites, with what they are about. */
export interface Suites {
  readonly name: string;
  readonly properties: readonly (readonly [string, string])[];
  readonly suites: readonly Suite[];
}

/** A suite is skipped where all its tests are, as KUnit has it. */
export function suiteStatus({ tests }: Suite): Test["status"] {
  if (tests.some((t) => t.status === "not ok")) return "not ok";
  return tests.length > 0 && tests.every((t) => t.status === "skip") ? "skip" : "ok";
}

function propertiesOf({ version, kernels }: About, more: readonly (readonly [string, string])[]): [string, string][] {
  const of = kernels.flatMap(({ kernel, policy, tree }, i): [string, string][] => {
    const prefix = kernels.length === 1 ? "" : i === 0 ? "before." : "after.";
    return [
      [`${prefix}kernel`, kernel],
      ...(policy === null ? [] : [[`${prefix}policy`, policy] as [string, string]]),
      ...(tree === null ? [] : [[`${prefix}release`, tree.release] as [string, string]]),
      ...(tree?.git === null || tree === null ? [] : [[`${prefix}commit`, `${tree.git.commit}${tree.git.dirty ? "-dirty" : ""}`] as [string, string]]),
    ];
  });
  return [["cbit", version], ...of, ...more.map(([name, value]): [string, string] => [name, value])];
}

function findingLines(finding: Finding, command: string): string[] {
  const { id, rule, title, cause, trace, severity } = finding;
  return [
    `${rule}${severity === "advice" ? " (advice)" : ""}: ${title}`,
    id,
    ...(trace.operations.length === 0 ? [] : [`after ${trace.operations.map(formatStep).join(", ")}`, `because: ${cause}`]),
    command,
    `replay ${formatToken(trace)}`,
  ];
}

/** Tests by machine, in the order of the first of each. */
function byMachine<T extends { readonly machine: string }>(cases: readonly T[], testOf: (c: T) => Test): Suite[] {
  const machines = new Map<string, Test[]>();
  for (const c of cases) machines.set(c.machine, [...(machines.get(c.machine) ?? []), testOf(c)]);
  return [...machines].map(([name, tests]) => ({ name, tests }));
}

/** Why a case says nothing; null where it has a verdict. */
function silence(c: CaseResult): string | null {
  if (c.verdict === "bounded") return `not searched to the end, ${c.states} states`;
  return c.verdict === "refused" || c.verdict === "unsupported" ? `${c.verdict}: ${c.reason ?? ""}` : null;
}

function checkTest(c: CaseResult, explain: (id: string) => string): Test {
  const lines = c.findings.flatMap((f) => findingLines(f, explain(f.id)));
  const skipped = silence(c);
  if (skipped !== null) return { name: c.device, status: "skip", reason: skipped, kind: "", lines };
  const [first] = errorsOf(c);
  return { name: c.device, status: c.verdict === "broken" ? "not ok" : "ok", reason: first?.title ?? "", kind: first?.rule ?? "", lines };
}

/** `cbit check`: a case that holds is ok, a broken one not; one without a verdict is skipped. */
export function checkSuites(report: CheckReport, about: About): Suites {
  return { name: `cbit check ${report.kernel}`, properties: propertiesOf(about, [["workload", report.workload]]), suites: byMachine(report.cases, (c) => checkTest(c, (id) => report.explain(id))) };
}

function compareTest({ device, change, before, after }: ComparedCase, report: CompareReport): Test {
  const side = (name: "before" | "after", c: CaseResult): string[] => [`${name}: ${c.verdict}${c.reason === null ? "" : `: ${c.reason}`}`, ...errorsOf(c).flatMap((f) => findingLines(f, report.explain(f.id, name)))];
  const lines = change === "same" ? [] : [change, ...side("before", before), ...side("after", after)];
  if (change === "unsupported" || change === "unknown") return { name: device, status: "skip", reason: silence(after) ?? silence(before) ?? change, kind: "", lines };
  const [first] = errorsOf(after);
  const reason = first?.title ?? after.reason ?? "";
  return change === "broken" ? { name: device, status: "not ok", reason, kind: first?.rule ?? after.verdict, lines } : { name: device, status: "ok", reason: "", kind: "", lines };
}

/** `cbit compare`: what held and is broken is not ok; what was broken before may be. */
export function compareSuites(report: CompareReport, about: About): Suites {
  return { name: `cbit compare ${report.before.kernel} ${report.after.kernel}`, properties: propertiesOf(about, [["workload", report.workload]]), suites: byMachine(report.cases, (c) => compareTest(c, report)) };
}

function runTest(run: LitmusRun): Test {
  const name = `line ${run.line}: ${run.kernel} on ${run.machine} with ${run.device}${run.named === null ? "" : `, policy ${run.named}`}`;
  if (run.ok) return { name, status: "ok", reason: "", kind: "", lines: [] };
  const lines = [
    ...(run.reason === null ? [] : [run.reason]),
    ...run.differences.map((d) => `line ${d.line} ${d.text}: expected ${d.expected}, got ${d.got}`),
    ...run.broken.flatMap(({ line, violation }) => [`line ${line} ${violation.rule}: ${violation.title}`, `why: ${violation.why.text} (${violation.why.ref})`]),
    ...run.steps.map((s) => `${s.line} ${s.text} = ${s.result}`),
  ];
  return { name, status: "not ok", reason: `expected ${run.expected}, got ${run.got}`, kind: "litmus-outcome", lines };
}

/** `cbit run`: a run is ok where it came to what its file says. */
export function runSuites(files: readonly LitmusFile[], about: About): Suites {
  return { name: "cbit run", properties: propertiesOf(about, []), suites: files.map((f) => ({ name: f.file, tests: f.runs.map(runTest) })) };
}
