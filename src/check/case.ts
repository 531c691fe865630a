// SPDX-License-Identifier: MIT
/** One case: a kernel's factory, a machine, a device and a workload in; a verdict with its findings out. */

import { InternalError } from "../base/index.ts";
import type { Configuration, DriverProfile, Kernel, KernelFactory, Operation, Snapshot } from "../kernel/index.ts";
import { KernelSpace, ruleOfKey } from "./kernel-space.ts";
import { bootViolations, replayOn, type Replay } from "./replay.ts";
import { RULES } from "./rules/index.ts";
import type { Rule, RuleId, Severity, Violation } from "./rules/rule.ts";
import type { Bounds } from "./explorer/bounds.ts";
import { type Found, search, type SearchOptions, type SearchResult } from "./explorer/search.ts";
import type { Trace } from "./trace.ts";
import { sometimesText, suited, type Workload } from "./workload.ts";

/**
 * `holds`: the search was complete and found nothing. `broken`: it found something. `bounded`: it found nothing and
 * was not complete. `refused`: kernel or driver decline the configuration. `unsupported`: we can say nothing of it.
 */
export type Verdict = "holds" | "broken" | "bounded" | "unsupported" | "refused";

/** Enough for every built-in workload to reach its fixpoint. */
export const DEFAULT_BOUNDS: Bounds = { states: 200_000, depth: 64 };

export interface Finding {
  /** `<device>@<machine>/<rule>`: the same for as long as device, machine and rule keep their names. */
  readonly id: string;
  readonly rule: RuleId;
  /** The rule's: advice does not make a case broken. */
  readonly severity: Severity;
  /** What happens, in one sentence. */
  readonly title: string;
  readonly trace: Trace;
  /** The counterexample as it ran, with what the kernel did. */
  readonly replay: Replay;
  /** How many different causes the rule saw (reader and writer, pair of views, outcome); the shortest one is told. */
  readonly causes: number;
}

export interface CaseResult {
  readonly machine: string;
  readonly device: string;
  readonly verdict: Verdict;
  /** True where every order of the operations was tried. */
  readonly complete: boolean;
  readonly states: number;
  readonly bounds: Bounds;
  /** Why the case is unsupported or refused; null elsewhere. */
  readonly reason: string | null;
  readonly findings: readonly Finding[];
  /**
   * The case (`<device>@<machine>`) whose search stands for this one's, because the kernel behaves the same in both; null where this
   * one was searched itself. Then `states` is 0: they are counted there.
   */
  readonly sameAs: string | null;
  /** How the search went; null where there was none. */
  readonly search: SearchFacts | null;
}

/** What a search has to say of itself. */
export type SearchFacts = Omit<SearchResult, "states" | "complete" | "found">;

/** How a case is searched. */
export type CaseOptions = Omit<SearchOptions, "team">;

/** The id of a case. */
export function caseId(device: string, machine: string): string {
  return `${device}@${machine}`;
}

/** The id of a finding. */
export function findingId(device: string, machine: string, rule: RuleId): string {
  return `${caseId(device, machine)}/${rule}`;
}

/** What it takes to run a trace again: a kernel and the state that it booted to. */
export interface Booted {
  readonly factory: KernelFactory;
  readonly kernel: Kernel;
  readonly start: Snapshot | null;
  readonly workload: Workload;
}

/** Boots a case. `start` is null where it is refused or not supported. */
export function boot(factory: KernelFactory, configuration: Configuration, driver: DriverProfile, workload: Workload): Booted {
  const kernel = factory.create(configuration, driver);
  return { factory, kernel, start: kernel.boot.status === "ready" ? kernel.save() : null, workload: suited(workload, driver, configuration) };
}

/** Helps another thread to search one case: it has the result. @param options as there, with this thread's end of the team */
export function assistCase(factory: KernelFactory, configuration: Configuration, driver: DriverProfile, workload: Workload, options: SearchOptions): void {
  const booted = boot(factory, configuration, driver, workload);
  search(new KernelSpace(booted.kernel, booted.workload, RULES), options);
}

/** Searches one case. */
export function checkCase(
  factory: KernelFactory,
  configuration: Configuration,
  driver: DriverProfile,
  workload: Workload,
  options: CaseOptions = { bounds: DEFAULT_BOUNDS },
): CaseResult {
  const booted = boot(factory, configuration, driver, workload);
  const { kernel } = booted;
  const atBoot = bootFindings(booted);
  const about = { machine: configuration.name, device: driver.name, bounds: options.bounds };
  if (kernel.boot.status !== "ready") {
    const { status, reason } = kernel.boot;
    return { ...about, verdict: atBoot.length > 0 ? "broken" : status, complete: false, states: 0, reason, findings: atBoot, sameAs: null, search: null };
  }

  const space = new KernelSpace(kernel, booted.workload, RULES);
  const { states, complete: finished, found, ...facts } = search(space, options);
  const findings = inOrder([...atBoot, ...findingsOf(booted, found)]);
  const reason = space.unsupported;
  const complete = finished && reason === null;
  const broken = findings.some((f) => f.severity === "error");
  const verdict = broken ? "broken" : reason !== null ? "unsupported" : complete ? "holds" : "bounded";
  if (verdict === "holds") assertNotEmpty(space, `${driver.name}@${configuration.name}`);
  return { ...about, verdict, complete, states, reason, findings, sameAs: null, search: facts };
}

/** Findings in the order of the rules' table. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  return RULES.flatMap((rule) => findings.filter((f) => f.rule === rule.id));
}

/** What is wrong before the first operation. */
export function bootFindings(booted: Booted): Finding[] {
  return bootViolations(booted.kernel).map((violation) => bootFinding(booted, violation));
}

function bootFinding({ factory, kernel, workload }: Booted, violation: Violation): Finding {
  const machine = kernel.configuration.name;
  const device = kernel.driver.name;
  const { rule, severity, title } = violation;
  const trace: Trace = { kernel: factory.name, policy: factory.policy, machine, device, workload: workload.name, operations: [] };
  return { id: findingId(device, machine, rule), rule, severity, title, trace, replay: { boot: [violation], steps: [], left: 0 }, causes: 1 };
}

/** @throws InternalError where the search never did what the workload is about */
function assertNotEmpty(space: KernelSpace, name: string): void {
  const missing = space.unreached().map(sometimesText);
  if (missing.length > 0) throw new InternalError(`${name}: "holds" would be empty, these were never done: ${missing.join(", ")}`);
}

/** For each rule the shortest counterexample. */
function findingsOf(booted: Booted, found: readonly Found[]): Finding[] {
  return RULES.flatMap((rule) => {
    const mine = found.filter((f) => ruleOfKey(RULES, f.key).rule === rule);
    return mine.length === 0 ? [] : [findingOf(booted, rule, mine[0]!.path.map((action) => booted.workload.actions[action]!.operation), mine.length)];
  });
}

/** Runs a counterexample again, with all that there is to tell. */
export function findingOf({ factory, kernel, start, workload }: Booted, rule: Rule, operations: readonly Operation[], causes: number): Finding {
  const machine = kernel.configuration.name;
  const device = kernel.driver.name;
  const id = findingId(device, machine, rule.id);
  if (start !== null) kernel.restore(start);
  const replay = replayOn(kernel, workload, operations);
  const violation = replay.steps[replay.steps.length - 1]?.violations.find((v) => v.rule === rule.id);
  if (violation === undefined) {
    throw new InternalError(`${id}: the trace does not show the violation when it runs again; the kernel's snapshots leave something out`);
  }
  const trace: Trace = { kernel: factory.name, policy: factory.policy, machine, device, workload: workload.name, operations };
  return { id, rule: rule.id, severity: rule.severity, title: violation.title, trace, replay, causes };
}
