// SPDX-License-Identifier: MIT
/** Runs a trace step by step, with recording on, and keeps what there is to tell about each step. */

import { CbitError, EXIT } from "../base/index.ts";
import type { Health, Kernel, KernelEvent, Operation, StepResult, View } from "../kernel/index.ts";
import { judgedHealth } from "./judged-health.ts";
import { type Extent, extentOf, NOTHING_WRITTEN, Oracle } from "./oracle.ts";
import { RULES } from "./rules/index.ts";
import { NO_CAUSE, readsForeign, type StepFacts, type Violation, wasInjected } from "./rules/rule.ts";
import { formatStep } from "./trace.ts";
import { type Action, advance, changesViews, isAccess, mayRun, withEnvironment, type Workload } from "./workload.ts";

/** What a step did to the views. */
export interface ViewChange {
  readonly change: "new" | "gone" | "changed";
  readonly view: View;
  /** How it was, where it has changed. */
  readonly before: View | null;
}

/** One step of a trace: what it came to, what the kernel did, who sees the pages how, and what is wrong. */
export interface ReplayStep {
  readonly operation: Operation;
  readonly result: StepResult;
  readonly events: readonly KernelEvent[];
  readonly views: readonly View[];
  readonly changes: readonly ViewChange[];
  /** What is wrong with frames; null where nobody looked. */
  readonly health: Health | null;
  /** The token that a read should have given; null where nothing is promised or it is no read. */
  readonly expected: number | null;
  readonly violations: readonly Violation[];
}

/** A trace that ran, step by step. */
export interface Replay {
  /** What is wrong with the outcome of boot and probe. */
  readonly boot: readonly Violation[];
  readonly steps: readonly ReplayStep[];
  /** Operations that were not run because one before them failed. */
  readonly left: number;
}

const viewKey = (v: View): string => `${v.buf}/${v.page}/${v.kind}`;

function sameView(a: View, b: View): boolean {
  return a.pfn === b.pfn && a.address === b.address && a.cBit === b.cBit && a.domain === b.domain && a.cache === b.cache;
}

/** What distinguishes two sets of views. */
export function viewChanges(before: readonly View[], after: readonly View[]): ViewChange[] {
  const old = new Map(before.map((v) => [viewKey(v), v]));
  const changes: ViewChange[] = [];
  for (const view of after) {
    const was = old.get(viewKey(view));
    old.delete(viewKey(view));
    if (was === undefined) changes.push({ change: "new", view, before: null });
    else if (!sameView(was, view)) changes.push({ change: "changed", view, before: was });
  }
  for (const view of old.values()) changes.push({ change: "gone", view, before: view });
  return changes;
}

/** The action of a step: of several with one operation the one that may run. */
function actionFor(workload: Workload, operation: Operation, progress: number, number: number): Action {
  const own = workload.actions.find((a) => a.operation === operation && mayRun(a, progress));
  if (own !== undefined) return own;
  const text = formatStep(operation);
  const same = workload.actions.filter((a) => formatStep(a.operation) === text);
  const action = same.find((a) => mayRun(a, progress)) ?? same[0];
  if (action !== undefined) return action;
  throw new CbitError({
    code: "CBIT-121",
    exit: EXIT.usage,
    message: `step ${number} (${text}) is not an operation of the workload ${workload.name}`,
    hint: `It has ${workload.actions.map((a) => formatStep(a.operation)).join(", ")}.`,
  });
}

function flagNames(workload: Workload, mask: number): string {
  return workload.flags.filter((_, bit) => ((mask >>> bit) & 1) === 1).join(", ");
}

/** @throws CbitError (CBIT-122) where the workload does not allow the operation at this place */
function assertMayRun(workload: Workload, action: Action, progress: number, number: number): void {
  if (mayRun(action, progress)) return;
  const missing = flagNames(workload, action.requires & ~progress);
  const present = flagNames(workload, action.forbids & progress);
  throw new CbitError({
    code: "CBIT-122",
    exit: EXIT.usage,
    message: `step ${number} (${formatStep(action.operation)}) does not apply: the buffer must ${missing !== "" ? `be ${missing} before it` : `not be ${present}`}`,
    hint: `\`cbit list workloads\` shows what ${workload.name} may do when.`,
  });
}

/** What the rules say of boot and probe. */
export function bootViolations({ boot, configuration, driver }: Kernel): Violation[] {
  return RULES.flatMap((rule) => {
    const told = rule.judgeBoot?.({ boot, configuration, driver }) ?? null;
    return told === null ? [] : [{ rule: rule.id, severity: rule.severity, ...told }];
  });
}

/** What the rules say of a step. */
export function stepViolations(facts: StepFacts): Violation[] {
  if (facts.result.outcome === "unsupported") return [];
  return RULES.filter((rule) => rule.judge(facts) !== NO_CAUSE).map((rule) => ({
    rule: rule.id,
    severity: rule.severity,
    title: rule.describe(facts),
    why: rule.why(facts),
    hint: rule.hint(facts),
  }));
}

/**
 * Runs one operation on a kernel that records, and judges it. A step that fails, unless it was made to, leaves a state that nobody
 * says anything of (see `goesOn`).
 * @param words what readers are promised, `oracleWords(extent)` words; a step that is done updates them
 * @param before the views before the step
 */
export function runStep(kernel: Kernel, extent: Extent, words: Uint32Array, operation: Operation, before: readonly View[]): ReplayStep {
  const { configuration } = kernel;
  const oracle = new Oracle(extent);
  const expected = oracle.expected(words, operation);
  const secret = oracle.secret(words, operation);
  const result = kernel.apply(operation);
  const events = [...kernel.events()];
  const views = kernel.views();
  const foreign = isAccess(operation) && readsForeign(oracle, words, operation.buf, result, expected);
  if (result.outcome === "done") oracle.observe(words, operation);
  else oracle.failed(words, operation);
  const judged = goesOn(result) && changesViews(operation);
  const health = judged ? judgedHealth(kernel.health(), oracle, words) : null;
  const violations = stepViolations({ configuration, operation, result, expected, secret, foreign, views: judged ? views : null, health });
  return { operation, result, events, views, changes: viewChanges(before, views), health, expected: expected === NOTHING_WRITTEN ? null : expected, violations };
}

/** True where operations may follow a step: it is done, or failed because it was made to. */
export function goesOn(result: StepResult): boolean {
  return result.outcome === "done" || wasInjected(result);
}

/** Called after each step, with the oracle of the workload and its words. */
export type Watch = (oracle: Oracle, words: Uint32Array) => void;

/**
 * Runs `operations` on a kernel that is in its booted state. A step that fails ends the run, unless it was made to.
 * @throws CbitError where the operations are not an order that the workload allows
 */
export function replayOn(kernel: Kernel, bare: Workload, operations: readonly Operation[], watch?: Watch): Replay {
  const workload = withEnvironment(bare, kernel.configuration);
  const extent = extentOf(workload, workload.actions.map((a) => a.operation));
  const oracle = new Oracle(extent);
  const words = new Uint32Array(oracle.words);
  const steps: ReplayStep[] = [];
  let progress = 0;
  let before = kernel.views();
  kernel.record(true);
  for (const [index, named] of operations.entries()) {
    const action = actionFor(workload, named, progress, index + 1);
    assertMayRun(workload, action, progress, index + 1);
    const step = runStep(kernel, extent, words, action.operation, before);
    steps.push(step);
    watch?.(oracle, words);
    if (!goesOn(step.result)) break;
    if (step.result.outcome === "done") progress = advance(action, progress);
    before = step.views;
  }
  kernel.record(false);
  return { boot: bootViolations(kernel), steps, left: operations.length - steps.length };
}
