// SPDX-License-Identifier: MIT
/** Does a shorter or simpler order still show the same? Operations that it does not allow are left out on the way. */

import { InternalError } from "../../base/index.ts";
import type { Operation, View } from "../../kernel/index.ts";
import type { Booted } from "../booted.ts";
import { extentOf, Oracle } from "../oracle.ts";
import { goesOn, type ReplayStep, runStep } from "../replay.ts";
import { type RootCause, rootCauseOf } from "../root-cause.ts";
import type { RuleId } from "../rules/rule.ts";
import { formatStep } from "../trace.ts";
import { type Action, advance, mayRun, withEnvironment, type Workload } from "../workload.ts";

/** What the last step of an order has to show. */
export interface Target {
  readonly rule: RuleId;
  readonly cause: RootCause;
}

export class Trial {
  readonly workload: Workload;
  private readonly booted: Booted;
  private readonly oracle: Oracle;
  private readonly byText = new Map<string, Action[]>();
  private readonly places = new Map<string, number>();

  constructor(booted: Booted) {
    this.booted = booted;
    this.workload = withEnvironment(booted.workload, booted.kernel.configuration);
    this.oracle = new Oracle(this.extent);
    for (const [index, action] of this.workload.actions.entries()) {
      const text = formatStep(action.operation);
      this.byText.set(text, [...(this.byText.get(text) ?? []), action]);
      if (!this.places.has(text)) this.places.set(text, index);
    }
  }

  private get extent() {
    return extentOf(this.workload, this.workload.actions.map((a) => a.operation));
  }

  /** An operation's place in the workload's table; behind all for others. */
  place(operation: Operation): number {
    return this.places.get(formatStep(operation)) ?? this.workload.actions.length;
  }

  /** The action that an operation stands for where it may come next; null where it may not. */
  private allowed(operation: Operation, progress: number): Action | null {
    return this.byText.get(formatStep(operation))?.find((a) => mayRun(a, progress)) ?? null;
  }

  private begin(): Uint32Array {
    const { start, kernel } = this.booted;
    if (start === null) throw new InternalError(`reduce: ${kernel.name} has not booted`);
    kernel.restore(start);
    return new Uint32Array(this.oracle.words);
  }

  /**
   * Runs what the workload allows of `operations` and tells each step. It ends at the first step for which `stop` holds, and behind one
   * that nothing may follow.
   */
  replay(operations: readonly Operation[], stop: (steps: readonly ReplayStep[]) => boolean): ReplayStep[] {
    const { kernel } = this.booted;
    const words = this.begin();
    const steps: ReplayStep[] = [];
    let before: readonly View[] = kernel.views();
    let progress = 0;
    // A tree knows who chose a view only where it was recorded.
    kernel.record(true);
    for (const operation of operations) {
      const action = this.allowed(operation, progress);
      if (action === null) continue;
      const step = runStep(kernel, this.extent, words, action.operation, before);
      steps.push(step);
      if (stop(steps) || !goesOn(step.result)) break;
      if (step.result.outcome === "done") progress = advance(action, progress);
      before = step.views;
    }
    kernel.record(false);
    return steps;
  }

  /** The operations that run where the last of them is run and breaks the rule, found without looking at views; null elsewhere. */
  private breaks(operations: readonly Operation[], rule: RuleId): Operation[] | null {
    const { kernel } = this.booted;
    const words = this.begin();
    const ran: Operation[] = [];
    let progress = 0;
    for (const [index, operation] of operations.entries()) {
      const action = this.allowed(operation, progress);
      const last = index === operations.length - 1;
      if (action === null && last) return null;
      if (action === null) continue;
      ran.push(action.operation);
      if (last) return runStep(kernel, this.extent, words, action.operation, []).violations.some((v) => v.rule === rule) ? ran : null;
      const result = kernel.apply(action.operation);
      if (!goesOn(result)) return null;
      if (result.outcome === "done") {
        this.oracle.observe(words, action.operation);
        progress = advance(action, progress);
      } else {
        this.oracle.failed(words, action.operation);
      }
    }
    return null;
  }

  /** What is left of `operations` where their last one still shows the target; null elsewhere. */
  shows(operations: readonly Operation[], { rule, cause }: Target): Operation[] | null {
    const ran = this.breaks(operations, rule);
    if (ran === null) return null;
    return rootCauseOf(rule, this.replay(ran, () => false)) === cause ? ran : null;
  }
}
