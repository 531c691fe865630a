// SPDX-License-Identifier: MIT
/** Findings: for each rule and each root cause the shortest counterexample, with its id. */

import { InternalError } from "../base/index.ts";
import type { Operation } from "../kernel/index.ts";
import type { Booted } from "./booted.ts";
import { ruleOfKey } from "./kernel-space.ts";
import { bootViolations, replayOn, type Replay } from "./replay.ts";
import { AT_BOOT, type RootCause, rootCauseOf } from "./root-cause.ts";
import { RULES } from "./rules/index.ts";
import type { Rule, RuleId, Severity, Violation } from "./rules/rule.ts";
import type { Found } from "./explorer/options.ts";
import type { Trace } from "./trace.ts";

/** A rule that a case breaks for one root cause, with the shortest counterexample. */
export interface Finding {
  /** `<device>@<machine>/<rule>`, with `.<number>` from the second root cause of the rule on. */
  readonly id: string;
  readonly rule: RuleId;
  /** The rule's: advice does not make a case broken. */
  readonly severity: Severity;
  /** What happens, in one sentence. */
  readonly title: string;
  readonly trace: Trace;
  /** The counterexample as it ran, with what the kernel did. */
  readonly replay: Replay;
  /** Why it happens, in words that are equal for equal root causes. */
  readonly cause: RootCause;
  /** The rule's root causes in this case are numbered from 1, shortest counterexample first. */
  readonly number: number;
  /** How many ways the rule saw it (reader and writer, pair of views, operation); the shortest one is told. */
  readonly causes: number;
}

/** The id of a case. */
export function caseId(device: string, machine: string): string {
  return `${device}@${machine}`;
}

/** The id of a finding. @param number which of the rule's root causes, from 1 */
export function findingId(device: string, machine: string, rule: RuleId, number = 1): string {
  return `${caseId(device, machine)}/${rule}${number === 1 ? "" : `.${number}`}`;
}

/** Findings in the order of the rules' table, those of one rule by their numbers. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  return RULES.flatMap((rule) => findings.filter((f) => f.rule === rule.id));
}

function traceOf({ factory, kernel, workload }: Booted, operations: readonly Operation[]): Trace {
  return { kernel: factory.name, policy: factory.policy, machine: kernel.configuration.name, device: kernel.driver.name, workload: workload.name, operations };
}

/** What is wrong before the first operation. */
export function bootFindings(booted: Booted): Finding[] {
  return bootViolations(booted.kernel).map((violation) => bootFinding(booted, violation));
}

function bootFinding(booted: Booted, violation: Violation): Finding {
  const { rule, severity, title } = violation;
  const trace = traceOf(booted, []);
  return { id: findingId(trace.device, trace.machine, rule), rule, severity, title, trace, replay: { boot: [violation], steps: [], left: 0 }, cause: AT_BOOT, number: 1, causes: 1 };
}

/**
 * Runs a counterexample again, with all that there is to tell.
 * @throws InternalError where its last step does not break the rule
 */
export function findingOf(booted: Booted, rule: Rule, operations: readonly Operation[], number: number, causes: number): Finding {
  const { kernel, start, workload } = booted;
  const trace = traceOf(booted, operations);
  const id = findingId(trace.device, trace.machine, rule.id, number);
  if (start !== null) kernel.restore(start);
  const replay = replayOn(kernel, workload, operations);
  const violation = replay.steps[replay.steps.length - 1]?.violations.find((v) => v.rule === rule.id);
  if (violation === undefined) {
    throw new InternalError(`${id}: the trace does not show the violation when it runs again; the kernel's snapshots leave something out`);
  }
  return { id, rule: rule.id, severity: rule.severity, title: violation.title, trace, replay, cause: rootCauseOf(rule.id, replay.steps), number, causes };
}

/** Gives the first finding of each root cause its number and the number of those that have the same. @param all findings of one rule */
export function grouped(all: readonly Finding[]): Finding[] {
  const groups = new Map<RootCause, Finding[]>();
  for (const finding of all) {
    const group = groups.get(finding.cause);
    if (group === undefined) groups.set(finding.cause, [finding]);
    else group.push(finding);
  }
  return [...groups.values()].map((group, index) => ({ ...numbered(group[0]!, index + 1), causes: group.length }));
}

/** The finding as the rule's n-th root cause, from 1. */
export function numbered(finding: Finding, number: number): Finding {
  const { machine, device } = finding.trace;
  return { ...finding, id: findingId(device, machine, finding.rule, number), number };
}

/** For each rule and each root cause the shortest counterexample. @param found what the search found, shortest first */
export function findingsOf(booted: Booted, found: readonly Found[]): Finding[] {
  return RULES.flatMap((rule) => {
    const mine = found.filter((f) => ruleOfKey(RULES, f.key).rule === rule);
    return grouped(mine.map(({ path }) => findingOf(booted, rule, path.map((action) => booted.workload.actions[action]!.operation), 1, 1)));
  });
}
