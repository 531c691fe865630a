// SPDX-License-Identifier: MIT
/** What a kernel's own test suites (KUnit) come to, on one machine and on several. Plain data. */

/** `unsupported`: cbit cannot run the test, and says why. */
export type TestStatus = "ok" | "not ok" | "skip" | "unsupported";

/** One set of parameters of a test. */
export interface ParameterResult {
  readonly name: string;
  readonly status: TestStatus;
  /** What KUnit says behind "# SKIP"; "" otherwise. */
  readonly comment: string;
}

/** A WARN() on the way. */
export interface TestWarning {
  /** "drivers/gpu/drm/ttm/ttm_bo.c:123" */
  readonly at: string;
  /** Kernel functions that it was reached through, innermost first. */
  readonly frames: readonly string[];
}

/** What ended a test from outside: a BUG, a trap, a deadlock, a loop without an end. */
export interface TestStop {
  readonly reason: string;
  /** File and line; of the innermost function's definition where the place itself is not known, "" where neither is. */
  readonly at: string;
  readonly frames: readonly string[];
}

export interface TestResult extends ParameterResult {
  readonly parameters: readonly ParameterResult[];
  /** What the kernel said while it ran: KTAP, its own messages. */
  readonly log: readonly string[];
  readonly warnings: readonly TestWarning[];
  readonly stop: TestStop | null;
  /** Where it fails on a machine that has just booted and passes after the suites before it: what it came to alone. */
  readonly alone: string | null;
}

export interface SuiteResult {
  readonly name: string;
  /** The lines of KTAP between the suite's name and its plan. */
  readonly head: readonly string[];
  readonly tests: readonly TestResult[];
}

/** All suites on one machine. */
export interface MachineTests {
  readonly machine: string;
  /** Why nothing ran there; null where the suites ran. */
  readonly unsupported: string | null;
  readonly suites: readonly SuiteResult[];
}

/** "kernel BUG at lib/rbtree.c:64"; the reason alone where the place is not known. */
export function stopText({ reason, at }: Pick<TestStop, "reason" | "at">): string {
  return at === "" ? reason : `${reason} at ${at}`;
}

/** A test that does not come to the same on all machines. */
export interface TestDifference {
  readonly suite: string;
  readonly test: string;
  /** The parameter where it is about one; null where it is about the test. */
  readonly parameter: string | null;
  /** What it came to, and where: "ok" on none, "not ok, WARN at ..." on sev. */
  readonly outcomes: readonly { readonly outcome: string; readonly machines: readonly string[] }[];
}

/** "ok", "not ok: kernel BUG at lib/rbtree.c:64", "ok with WARN at ...": all that must be the same on all machines. */
function outcome(test: TestResult): string {
  const stop = test.stop === null ? "" : `: ${stopText(test.stop)}`;
  const warnings = [...new Set(test.warnings.map((w) => w.at))];
  return `${test.status}${stop}${warnings.length === 0 ? "" : ` with WARN at ${warnings.join(", ")}`}`;
}

/** What differs between machines. */
export function testDifferences(results: readonly MachineTests[]): TestDifference[] {
  const ran = results.filter((m) => m.unsupported === null);
  const all = new Map<string, { suite: string; test: string; parameter: string | null; outcomes: Map<string, string[]> }>();
  const note = (suite: string, test: string, parameter: string | null, what: string, machine: string): void => {
    const key = JSON.stringify([suite, test, parameter]);
    const entry = all.get(key) ?? { suite, test, parameter, outcomes: new Map<string, string[]>() };
    entry.outcomes.set(what, [...(entry.outcomes.get(what) ?? []), machine]);
    all.set(key, entry);
  };
  for (const { machine, suites } of ran) {
    for (const suite of suites) {
      for (const test of suite.tests) {
        note(suite.name, test.name, null, outcome(test), machine);
        for (const p of test.parameters) note(suite.name, test.name, p.name, p.status, machine);
      }
    }
  }
  const missing = (outcomes: ReadonlyMap<string, readonly string[]>): string[] => ran.map((m) => m.machine).filter((m) => ![...outcomes.values()].some((list) => list.includes(m)));
  return [...all.values()].flatMap(({ suite, test, parameter, outcomes }) => {
    const gone = missing(outcomes);
    const list = [...outcomes].map(([what, machines]) => ({ outcome: what, machines }));
    if (gone.length > 0) list.push({ outcome: "did not run", machines: gone });
    return list.length > 1 ? [{ suite, test, parameter, outcomes: list }] : [];
  });
}
