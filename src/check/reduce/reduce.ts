// SPDX-License-Identifier: MIT
/**
 * Makes an order of operations shorter and simpler for as long as its last step shows the same: the same rule for the same root cause.
 * Long orders come from random walks; the search's own are as short as can be, and may still have simpler values.
 */

import { InternalError } from "../../base/index.ts";
import type { Operation } from "../../kernel/index.ts";
import type { Booted } from "../booted.ts";
import { type RootCause, rootCauseOf } from "../root-cause.ts";
import type { RuleId } from "../rules/rule.ts";
import { formatStep } from "../trace.ts";
import { complexity, variants } from "./simpler.ts";
import { type Target, Trial } from "./trial.ts";

/** Orders up to this length are tried without any two operations. */
const PAIRS_UP_TO = 32;

/** How an order compares: its length, then its values, then the places of its operations in the workload's table. */
function compare(trial: Trial, a: readonly Operation[], b: readonly Operation[]): number {
  if (a.length !== b.length) return a.length - b.length;
  const values = a.reduce((sum, o, i) => sum + complexity(o) - complexity(b[i]!), 0);
  if (values !== 0) return values;
  for (const [i, o] of a.entries()) {
    const places = trial.place(o) - trial.place(b[i]!);
    if (places !== 0) return places;
  }
  return 0;
}

/** Leaves out blocks, half of the order first, then single operations, then pairs; the last operation stays. */
function shortened(trial: Trial, operations: readonly Operation[], target: Target): readonly Operation[] {
  let best = operations;
  const without = (leave: (index: number) => boolean): boolean => {
    const left = trial.shows(best.filter((_, i) => i === best.length - 1 || !leave(i)), target);
    if (left === null || left.length >= best.length) return false;
    best = left;
    return true;
  };
  for (let size = Math.max(1, Math.floor((best.length - 1) / 2)); ; size = Math.floor(size / 2)) {
    // From the back: what a later operation needs is tried after that one.
    for (let end = best.length - 1; end > 0; end = Math.min(end - size, best.length - 1)) without((i) => i >= end - size && i < end);
    if (size <= 1) break;
  }
  for (let i = best.length - 2; i >= 0; i = Math.min(i - 1, best.length - 2)) without((n) => n === i);
  if (best.length > PAIRS_UP_TO) return best;
  for (let i = 0; i < best.length - 1; i++) {
    for (let j = i + 1; j < best.length - 1; j++) {
      if (without((n) => n === i || n === j)) return shortened(trial, best, target);
    }
  }
  return best;
}

/** Takes the first variant that is simpler, again and again. */
function simplified(trial: Trial, operations: readonly Operation[], target: Target): readonly Operation[] {
  for (const variant of variants(operations, trial.workload)) {
    if (compare(trial, variant, operations) >= 0) continue;
    const left = trial.shows(variant, target);
    if (left !== null && compare(trial, left, operations) < 0) return simplified(trial, left, target);
  }
  return operations;
}

/** The root cause for which the last of the operations breaks a rule, of those that this case allows; null where it breaks nothing. */
export function causeShown(booted: Booted, rule: RuleId, operations: readonly Operation[]): RootCause | null {
  if (booted.start === null) return null;
  const steps = new Trial(booted).replay(operations, () => false);
  const last = steps[steps.length - 1];
  const whole = last !== undefined && formatStep(last.operation) === formatStep(operations[operations.length - 1]!);
  return whole && last.violations.some((v) => v.rule === rule) ? rootCauseOf(rule, steps) : null;
}

/**
 * The order in short: from it no operation, and no two, can be left out, and none has a simpler value. The same on every run. Leaves the
 * kernel in some state.
 * @param rule what the last operation that runs breaks; its root cause is kept
 * @throws InternalError where the order does not show that
 */
export function reduceTrace(booted: Booted, rule: RuleId, operations: readonly Operation[]): readonly Operation[] {
  const trial = new Trial(booted);
  const whole = trial.replay(operations, () => false);
  const broken = (step: (typeof whole)[number] | undefined): boolean => step?.violations.some((v) => v.rule === rule) ?? false;
  if (!broken(whole[whole.length - 1])) throw new InternalError(`reduce: the last of ${operations.length} operations does not break ${rule}`);
  const cause = rootCauseOf(rule, whole);
  const first = whole.findIndex((step, i) => broken(step) && rootCauseOf(rule, whole.slice(0, i + 1)) === cause);
  const target: Target = { rule, cause };
  let best: readonly Operation[] = whole.slice(0, first + 1).map((step) => step.operation);
  for (;;) {
    const next = simplified(trial, shortened(trial, best, target), target);
    if (compare(trial, next, best) >= 0) return best;
    best = next;
  }
}
