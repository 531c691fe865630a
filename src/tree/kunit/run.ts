// SPDX-License-Identifier: MIT
/** All suites of a module that a filter wants, on one machine, as results. */

import { type ParameterResult, stopText, type SuiteResult, type TestResult } from "../../kernel/index.ts";
import { type KtapResult, parseKtap, resultLine } from "./ktap.ts";
import type { CaseRun, KunitSession, SuiteList } from "./session.ts";
import { NOT_CARRIED, type TestFilter } from "./suites.ts";

/** Where the one case's lines lie in the log of a run: between the plan of its suite and its own result. */
interface Section {
  /** Lines between the suite's name and its plan. */
  readonly head: readonly string[];
  readonly log: readonly string[];
  readonly result: KtapResult | null;
}

const SUBTEST = /^ {4}# Subtest: /;
const PLAN = /^ {4}1\.\.\d+$/;

function sectionOf(log: readonly string[]): Section {
  const name = log.findIndex((line) => SUBTEST.test(line));
  const plan = log.findIndex((line, i) => i > name && PLAN.test(line));
  if (name < 0 || plan < 0) return { head: [], log, result: null };
  const end = log.findIndex((line, i) => i > plan && resultLine(line)?.level === 1);
  const lines = log.slice(plan + 1, end < 0 ? log.length : end + 1);
  const result = end < 0 ? null : (parseKtap(lines.map((line) => line.replace(/^ {4}/, ""))).at(-1) ?? null);
  return { head: log.slice(name + 1, plan), log: end < 0 ? lines : lines.slice(0, -1), result };
}

/** Parameters that had their result before a test was stopped. */
function parametersSoFar(log: readonly string[]): ParameterResult[] {
  return log.flatMap((line) => {
    const result = resultLine(line);
    return result?.level === 2 ? [{ name: result.name, status: result.status, comment: result.comment }] : [];
  });
}

const passed = (run: CaseRun, section: Section): boolean => run.stop === null && (section.result?.status === "ok" || section.result?.status === "skip");

const failure = ({ stop }: CaseRun): string => (stop === null ? "not ok" : stopText(stop));

/**
 * Runs one test: alone, and where that fails once more after the suites before its own, as the kernel would: that counts.
 * @param dependent tests that are known to pass only so, "suite.test": they are not run alone again
 */
function runTest(session: KunitSession, suites: readonly SuiteList[], suite: SuiteList, name: string, dependent: Set<string>): { readonly test: TestResult; readonly head: readonly string[] } {
  const key = `${suite.name}.${name}`;
  const reason = NOT_CARRIED[key];
  if (reason !== undefined) return { test: { name, status: "unsupported", comment: reason, parameters: [], log: [], warnings: [], stop: null, alone: null }, head: [] };
  const before = suites.slice(0, suites.indexOf(suite)).map((s) => s.name);
  const known = dependent.has(key);
  const first = session.run(suite.name, name, known ? before : []);
  let run = first;
  let section = sectionOf(run.log);
  let alone: string | null = null;
  if (!known && !passed(run, section) && before.length > 0) {
    const later = session.run(suite.name, name, before);
    if (later.reached) {
      run = later;
      section = sectionOf(run.log);
    }
    if (passed(run, section)) {
      alone = failure(first);
      dependent.add(key);
    }
  }
  const { head, log, result } = section;
  const { warnings, stop } = run;
  // The suite's own start and end can fail, too: then there is no result, or a stop after one.
  const status = stop !== null || result === null ? "not ok" : result.status;
  const parameters = result === null ? parametersSoFar(log) : result.children.map(({ name: parameter, status: of, comment }) => ({ name: parameter, status: of, comment }));
  return { test: { name, status, comment: status === "skip" ? result!.comment : "", parameters, log, warnings, stop, alone }, head };
}

/**
 * @param dependent tests that pass only after the suites before theirs, filled in here
 * @param progress told before each test
 */
export function runSuites(session: KunitSession, filter: TestFilter, dependent: Set<string>, progress: (suite: string, test: string) => void = () => undefined): SuiteResult[] {
  const suites = session.suites();
  const results: SuiteResult[] = [];
  for (const suite of suites) {
    const wanted = suite.cases.filter((test) => filter.wants(suite.name, test));
    // A suite without tests is told of, as KUnit does.
    if (wanted.length === 0 && (suite.cases.length > 0 || !filter.wants(suite.name, null))) continue;
    const runs = wanted.map((test) => {
      progress(suite.name, test);
      return runTest(session, suites, suite, test, dependent);
    });
    const { head } = runs.find((run) => run.head.length > 0) ?? { head: [] };
    results.push({ name: suite.name, head, tests: runs.map((run) => run.test) });
  }
  return results;
}
