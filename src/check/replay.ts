// SPDX-License-Identifier: MIT
/** Runs a trace step by step, with recording on, and keeps what there is to tell about each step. */

import { CbitError, EXIT } from "../base/index.ts";
import type { Kernel, KernelEvent, Operation, StepResult, View } from "../kernel/index.ts";
import { expectedToken, type Extent, NOTHING_WRITTEN, observe, oracleWords } from "./oracle.ts";
import { RULES } from "./rules/index.ts";
import { NO_CAUSE, type Reason, type RuleId, type StepFacts } from "./rules/rule.ts";
import { formatStep } from "./trace.ts";
import { type Action, advance, mayRun, runsKernel, type Workload } from "./workload.ts";

/** What a step did to the views. */
export interface ViewChange {
  readonly change: "new" | "gone" | "changed";
  readonly view: View;
  /** How it was, where it has changed. */
  readonly before: View | null;
}

export interface Violation {
  readonly rule: RuleId;
  readonly title: string;
  readonly why: Reason;
  readonly hint: string;
}

export interface ReplayStep {
  readonly operation: Operation;
  readonly result: StepResult;
  readonly events: readonly KernelEvent[];
  readonly views: readonly View[];
  readonly changes: readonly ViewChange[];
  /** The token that a read should have given; null where nothing is promised or it is no read. */
  readonly expected: number | null;
  readonly violations: readonly Violation[];
}

export interface Replay {
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

function actionFor(workload: Workload, operation: Operation, number: number): Action {
  const text = formatStep(operation);
  const action = workload.actions.find((a) => formatStep(a.operation) === text);
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

/**
 * Runs one operation, judges it by all rules, and takes note of it where it is done.
 * @param oracle what readers are promised, `oracleWords(extent)` words
 * @param before the views before the step
 */
export function runStep(kernel: Kernel, extent: Extent, oracle: Uint32Array, operation: Operation, before: readonly View[]): ReplayStep {
  const expected = expectedToken(extent, oracle, operation);
  const result = kernel.apply(operation);
  const events = [...kernel.events()];
  const views = kernel.views();
  const facts: StepFacts = { operation, result, expected, views: result.outcome === "done" && runsKernel(operation) ? views : null };
  const violations = RULES.filter((rule) => rule.judge(facts) !== NO_CAUSE).map((rule) => ({
    rule: rule.id,
    title: rule.describe(facts),
    why: rule.why(facts, kernel.configuration),
    hint: rule.hint(facts, kernel.configuration),
  }));
  if (result.outcome === "done") observe(extent, oracle, operation);
  return { operation, result, events, views, changes: viewChanges(before, views), expected: expected === NOTHING_WRITTEN ? null : expected, violations };
}

/**
 * Runs `operations` on a kernel that is in its booted state. A step that fails ends the run.
 * @throws CbitError where the operations are not an order that the workload allows
 */
export function replayOn(kernel: Kernel, workload: Workload, operations: readonly Operation[]): Replay {
  const oracle = new Uint32Array(oracleWords(workload));
  const steps: ReplayStep[] = [];
  let progress = 0;
  let before = kernel.views();
  kernel.record(true);
  for (const [index, named] of operations.entries()) {
    const action = actionFor(workload, named, index + 1);
    assertMayRun(workload, action, progress, index + 1);
    const step = runStep(kernel, workload, oracle, action.operation, before);
    steps.push(step);
    if (step.result.outcome !== "done") break;
    progress = advance(action, progress);
    before = step.views;
  }
  kernel.record(false);
  return { steps, left: operations.length - steps.length };
}
