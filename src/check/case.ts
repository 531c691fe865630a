// SPDX-License-Identifier: MIT
/** One case: a kernel's factory, a machine, a device and a workload in; a verdict with its findings out. */

import { InternalError } from "../base/index.ts";
import type { Configuration, DriverProfile, Kernel, KernelFactory, Operation } from "../kernel/index.ts";
import { KernelSpace, ruleOfKey } from "./kernel-space.ts";
import { replayOn, type Replay } from "./replay.ts";
import { RULES } from "./rules/index.ts";
import type { Rule, RuleId } from "./rules/rule.ts";
import { type Bounds, type Found, type Progress, search } from "./search.ts";
import type { Trace } from "./trace.ts";
import type { Workload } from "./workload.ts";

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
}

/** The id of a finding. */
export function findingId(device: string, machine: string, rule: RuleId): string {
  return `${device}@${machine}/${rule}`;
}

function withoutSearch(configuration: Configuration, driver: DriverProfile, bounds: Bounds, verdict: "unsupported" | "refused", reason: string): CaseResult {
  return { machine: configuration.name, device: driver.name, verdict, complete: false, states: 0, bounds, reason, findings: [] };
}

/** Searches one case. */
export function checkCase(
  factory: KernelFactory,
  configuration: Configuration,
  driver: DriverProfile,
  workload: Workload,
  bounds: Bounds = DEFAULT_BOUNDS,
  progress?: Progress,
): CaseResult {
  const kernel = factory.create(configuration, driver);
  if (kernel.boot.status !== "ready") return withoutSearch(configuration, driver, bounds, kernel.boot.status, kernel.boot.reason);

  const booted = kernel.save();
  const space = new KernelSpace(kernel, workload, RULES);
  const result = search(space, bounds, progress);
  const findings = findingsOf(factory, kernel, booted, workload, result.found);
  const unreached = space.unreached();
  if (result.complete && findings.length === 0 && unreached.length > 0) {
    const missing = unreached.map((s) => `${s.reader} after ${s.writer}`).join(", ");
    throw new InternalError(`${driver.name}@${configuration.name}: "holds" would be empty, these reads were never done: ${missing}`);
  }
  return {
    machine: configuration.name,
    device: driver.name,
    verdict: findings.length > 0 ? "broken" : result.complete ? "holds" : "bounded",
    complete: result.complete,
    states: result.states,
    bounds,
    reason: null,
    findings,
  };
}

/** For each rule the shortest counterexample, in the order of the rules' table. */
function findingsOf(factory: KernelFactory, kernel: Kernel, booted: Uint32Array, workload: Workload, found: readonly Found[]): Finding[] {
  const findings: Finding[] = [];
  for (const rule of RULES) {
    const mine = found.filter((f) => ruleOfKey(RULES, f.key).rule === rule);
    if (mine.length === 0) continue;
    const operations = mine[0]!.path.map((action) => workload.actions[action]!.operation);
    findings.push(findingOf(factory, kernel, booted, workload, rule, operations, mine.length));
  }
  return findings;
}

function findingOf(factory: KernelFactory, kernel: Kernel, booted: Uint32Array, workload: Workload, rule: Rule, operations: readonly Operation[], causes: number): Finding {
  const machine = kernel.configuration.name;
  const device = kernel.driver.name;
  const trace: Trace = { kernel: factory.name, policy: factory.policy, machine, device, workload: workload.name, operations };
  kernel.restore(booted);
  const replay = replayOn(kernel, workload, operations);
  const violation = replay.steps[replay.steps.length - 1]?.violations.find((v) => v.rule === rule.id);
  if (violation === undefined) {
    throw new InternalError(`${findingId(device, machine, rule.id)}: the trace does not show the violation when it runs again; the kernel's snapshots leave something out`);
  }
  return { id: findingId(device, machine, rule.id), rule: rule.id, title: violation.title, trace, replay, causes };
}
