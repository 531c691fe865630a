// SPDX-License-Identifier: MIT
/**
 * A kernel under a workload, as a space to search. A state is the workload's progress, the oracle's words and the
 * kernel's snapshot, one behind the other.
 */

import { assert, equalWords } from "../base/index.ts";
import type { Kernel, Operation, StepResult } from "../kernel/index.ts";
import { AGENTS, type Agent, tokenOf } from "./agents.ts";
import { expectedToken, observe, oracleWords } from "./oracle.ts";
import { CAUSES, NO_CAUSE, type Rule, type StepFacts } from "./rules/rule.ts";
import { type Space, STEP_ENDED, STEP_MOVED, STEP_SAME, type StepKind } from "./search.ts";
import { advance, agentOf, isRead, mayRun, runsKernel, type Sometimes, type Workload } from "./workload.ts";

const PROGRESS = 0;
const ORACLE = 1;

/** The rule and the cause that a key of `KernelSpace.violations` stands for. */
export function ruleOfKey(rules: readonly Rule[], key: number): { readonly rule: Rule; readonly cause: number } {
  return { rule: rules[Math.floor(key / CAUSES)]!, cause: key % CAUSES };
}

/** `StepFacts` that the search writes again for each step. */
type Scratch = { -readonly [K in keyof StepFacts]: StepFacts[K] };

export class KernelSpace implements Space {
  readonly violations: number[] = [];
  state: Uint32Array = new Uint32Array(0);
  private readonly kernel: Kernel;
  private readonly workload: Workload;
  private readonly rules: readonly Rule[];
  private readonly reads: readonly boolean[];
  private readonly kernelOps: readonly boolean[];
  /** First word of the snapshot. */
  private readonly tail: number;
  private current: Uint32Array = this.state;
  /** The words that the kernel is known to be in. */
  private held: Uint32Array = this.state;
  private readonly facts: Scratch;
  /** Bit `reader * agents + writer` is set where that read was done after that write. */
  private readonly reached = new Set<number>();
  private lastAction = 0;

  constructor(kernel: Kernel, workload: Workload, rules: readonly Rule[]) {
    assert(kernel.boot.status === "ready", "explorer: the kernel has not booted");
    this.kernel = kernel;
    this.workload = workload;
    this.rules = rules;
    this.reads = workload.actions.map((a) => isRead(a.operation));
    this.kernelOps = workload.actions.map((a) => runsKernel(a.operation));
    this.tail = ORACLE + oracleWords(workload);
    const nothing: StepResult = { outcome: "done", seen: null };
    this.facts = { operation: workload.actions[0]!.operation, result: nothing, expected: 0, views: null };
  }

  get actions(): number {
    return this.workload.actions.length;
  }

  /** What the workload wants to have seen and the search has not. */
  unreached(): readonly Sometimes[] {
    return this.workload.sometimes.filter((s) => !this.reached.has(pairNumber(s.reader, tokenOf(s.writer))));
  }

  start(): void {
    this.held = this.kernel.save();
    this.state = new Uint32Array(this.tail + this.held.length);
    this.state.set(this.held, this.tail);
  }

  enter(words: Uint32Array): void {
    this.current = words;
  }

  enabled(action: number): boolean {
    return mayRun(this.workload.actions[action]!, this.current[PROGRESS]!);
  }

  step(action: number): StepKind {
    this.violations.length = 0;
    this.lastAction = action;
    this.bringKernel();
    const { operation } = this.workload.actions[action]!;
    const result = this.kernel.apply(operation);
    this.judgeStep(operation, result);
    if (this.reads[action]) return STEP_SAME;
    if (result.outcome !== "done") {
      // Nobody says what a failed operation leaves behind, and nothing is explored from it.
      this.held = new Uint32Array(0);
      return STEP_ENDED;
    }
    this.held = this.kernel.save();
    this.compose(action, operation);
    return equalWords(this.state, this.current) ? STEP_SAME : STEP_MOVED;
  }

  judge(): void {
    this.violations.length = 0;
    if (!this.kernelOps[this.lastAction]) return;
    const { facts } = this;
    facts.expected = 0;
    facts.views = this.kernel.views();
    this.ask();
  }

  /** Makes the kernel be in the state entered, where it is not: restoring costs. */
  private bringKernel(): void {
    const words = this.current.subarray(this.tail);
    if (equalWords(this.held, words)) return;
    this.kernel.restore(words);
    this.held = words;
  }

  private compose(action: number, operation: Operation): void {
    const length = this.tail + this.held.length;
    if (this.state.length !== length) this.state = new Uint32Array(length);
    this.state.set(this.current.subarray(0, this.tail));
    this.state[PROGRESS] = advance(this.workload.actions[action]!, this.current[PROGRESS]!);
    observe(this.workload, this.state.subarray(ORACLE, this.tail), operation);
    this.state.set(this.held, this.tail);
  }

  private judgeStep(operation: Operation, result: StepResult): void {
    const { facts } = this;
    facts.operation = operation;
    facts.result = result;
    facts.views = null;
    facts.expected = expectedToken(this.workload, this.current.subarray(ORACLE, this.tail), operation);
    if (facts.expected !== 0 && result.outcome === "done") this.reached.add(pairNumber(agentOf(operation)!, facts.expected));
    this.ask();
  }

  private ask(): void {
    for (let r = 0; r < this.rules.length; r++) {
      const cause = this.rules[r]!.judge(this.facts);
      if (cause !== NO_CAUSE) this.violations.push(r * CAUSES + cause);
    }
  }
}

function pairNumber(reader: Agent, token: number): number {
  return AGENTS.indexOf(reader) * (AGENTS.length + 1) + token;
}
