// SPDX-License-Identifier: MIT
/**
 * A kernel under a workload, as a space to search. A state is the workload's progress, the oracle's words and the
 * kernel's snapshot, one behind the other; zeroes before the snapshot fill up a block of `touched`.
 */

import { assert, equalBlocks, equalWords, TOUCH_BLOCK_WORDS } from "../base/index.ts";
import type { Kernel, Operation, Snapshot, StepResult, View } from "../kernel/index.ts";
import { independenceOf } from "./independence.ts";
import { judgedHealth } from "./judged-health.ts";
import { type FoundSymmetry, kernelSymmetry } from "./kernel-symmetry.ts";
import { extentOf, NOTHING_WRITTEN, Oracle } from "./oracle.ts";
import { CAUSES, NO_CAUSE, readsForeign, type Rule, type StepFacts, wasInjected } from "./rules/rule.ts";
import { type Independence, type Space, STEP_ENDED, STEP_MOVED, STEP_SAME, type StepKind, type Symmetry } from "./explorer/space.ts";
import { Reached, type ReachedData } from "./sometimes/reached.ts";
import { advance, changesViews, isAccess, isRead, mayRun, type Workload } from "./workload.ts";

const PROGRESS = 0;
const ORACLE = 1;

/** The rule and the cause that a key of `KernelSpace.violations` stands for. */
export function ruleOfKey(rules: readonly Rule[], key: number): { readonly rule: Rule; readonly cause: number } {
  return { rule: rules[Math.floor(key / CAUSES)]!, cause: key % CAUSES };
}

const DONE: StepResult = { outcome: "done", seen: null };

/** `StepFacts` that the search writes again for each step. */
type Scratch = { -readonly [K in keyof StepFacts]: StepFacts[K] };

/** What the spaces of several threads tell each other. */
interface Summary {
  readonly reached: ReachedData;
  readonly why: string | null;
}

export class KernelSpace implements Space {
  readonly violations: number[] = [];
  /** Which of the workload's properties were seen. */
  readonly reached: Reached;
  state: Uint32Array = new Uint32Array(0);
  touched: Uint8Array | undefined = undefined;
  private readonly kernel: Kernel;
  private readonly workload: Workload;
  private readonly rules: readonly Rule[];
  private readonly oracle: Oracle;
  /** By action: it leaves the state as it is; it may change views and frames. */
  private readonly pure: readonly boolean[];
  private readonly changes: readonly boolean[];
  /** First word of the snapshot: at the start of a block, as `touched` counts them. */
  private readonly tail: number;
  private current: Uint32Array = this.state;
  /** Views of `current`: the oracle's words, and the snapshot. */
  private currentOracle: Uint32Array = this.state;
  private currentSnapshot: Uint32Array = this.state;
  /** The same of `state`. */
  private oracleWords: Uint32Array = this.state;
  private snapshot: Uint32Array = this.state;
  /** True where the kernel is known to be in the state entered. */
  private atCurrent = false;
  private readonly first: Snapshot;
  private readonly facts: Scratch;
  private why: string | null = null;
  private commuting: Independence | null | undefined;
  private exchanged: FoundSymmetry | undefined = undefined;

  constructor(kernel: Kernel, workload: Workload, rules: readonly Rule[]) {
    assert(kernel.boot.status === "ready", "explorer: the kernel has not booted");
    this.kernel = kernel;
    this.workload = workload;
    this.rules = rules;
    this.reached = new Reached(workload);
    this.oracle = new Oracle(extentOf(workload, workload.actions.map((a) => a.operation)));
    // A read writes back what caches hold of the line, where there are caches.
    this.pure = workload.actions.map((a) => isRead(a.operation) && kernel.configuration.coherent !== false);
    this.changes = workload.actions.map((a) => changesViews(a.operation));
    this.tail = Math.ceil((ORACLE + this.oracle.words) / TOUCH_BLOCK_WORDS) * TOUCH_BLOCK_WORDS;
    this.first = kernel.save().slice();
    const { configuration } = kernel;
    this.facts = { configuration, operation: workload.actions[0]!.operation, result: DONE, expected: 0, secret: 0, foreign: false, views: null, health: null };
  }

  get portable(): boolean {
    return this.kernel.portableSnapshots;
  }

  get actions(): number {
    return this.workload.actions.length;
  }

  get independence(): Independence | undefined {
    if (this.commuting === undefined) this.commuting = independenceOf(this.workload, this.kernel) ?? null;
    return this.commuting ?? undefined;
  }

  /** Why a part of the workload could not be tried; null where all could. */
  get unsupported(): string | null {
    return this.why;
  }

  summary(): string {
    return JSON.stringify({ reached: this.reached.data, why: this.why } satisfies Summary);
  }

  absorb(summary: string): void {
    const { reached, why } = JSON.parse(summary) as Summary;
    this.reached.merge(reached);
    this.why ??= why;
  }

  /** What of the workload's buffers and pages may be exchanged; worked out when somebody asks. */
  get symmetry(): Symmetry | undefined {
    return this.exchange().symmetry;
  }

  /** What is not exchanged although the workload has several of it, each with why. */
  get notExchanged(): readonly string[] {
    return this.exchange().leftOut;
  }

  private exchange(): FoundSymmetry {
    this.exchanged ??= kernelSymmetry(this.kernel, this.workload, this.oracle.layout, this.tail);
    return this.exchanged;
  }

  start(): void {
    // One search may follow another: where the kernel is by then, the first state is not.
    this.kernel.restore(this.first);
    this.atCurrent = false;
    this.keepSnapshot();
    this.state.fill(0, 0, this.tail);
  }

  enter(words: Uint32Array): void {
    if (words !== this.current) {
      this.current = words;
      this.currentOracle = words.subarray(ORACLE, this.tail);
      this.currentSnapshot = words.subarray(this.tail);
    }
    this.atCurrent = false;
  }

  enabled(action: number): boolean {
    return mayRun(this.workload.actions[action]!, this.current[PROGRESS]!);
  }

  step(action: number): StepKind {
    if (this.violations.length > 0) this.violations.length = 0;
    this.bringKernel();
    const { operation } = this.workload.actions[action]!;
    const before = this.reached.watchesFrames(action) ? this.kernel.views() : null;
    const result = this.kernel.apply(operation);
    if (result.outcome === "unsupported") {
      this.why ??= result.reason;
      this.atCurrent = false;
      return STEP_ENDED;
    }
    this.judgeStep(operation, result);
    const kind = this.follow(action, operation, result);
    this.noteReached(action, kind, before);
    return kind;
  }

  /** Works out where a step led. */
  private follow(action: number, operation: Operation, result: StepResult): StepKind {
    if (this.pure[action]) return STEP_SAME;
    if (result.outcome !== "done" && !wasInjected(result)) {
      // Nobody says what a failed operation leaves behind, and nothing is explored from it.
      this.atCurrent = false;
      return STEP_ENDED;
    }
    this.keepSnapshot();
    this.compose(action, operation, result.outcome === "done");
    this.atCurrent = this.isCurrent();
    return this.atCurrent ? STEP_SAME : STEP_MOVED;
  }

  /** Shows a step to the properties that it may be one of. */
  private noteReached(action: number, kind: StepKind, before: readonly View[] | null): void {
    const { reached, kernel, facts } = this;
    const progress = this.current[PROGRESS]!;
    if (reached.watches(action)) reached.step(kernel, action, progress, facts, kind === STEP_MOVED);
    if (this.violations.length > 0 && facts.result.outcome !== "done" && !wasInjected(facts.result)) reached.endedIn(action, progress, facts);
    if (before === null || kind !== STEP_MOVED || facts.result.outcome !== "done") return;
    reached.gaveUp(kernel, action, this.state[PROGRESS]!, before);
    this.atCurrent = false;
  }

  judge(action: number): void {
    if (this.violations.length > 0) this.violations.length = 0;
    if (!this.changes[action]) return;
    this.bringKernel();
    const { facts } = this;
    facts.operation = this.workload.actions[action]!.operation;
    facts.result = DONE;
    facts.expected = NOTHING_WRITTEN;
    facts.secret = NOTHING_WRITTEN;
    facts.views = this.kernel.views();
    facts.health = judgedHealth(this.kernel.health(), this.oracle, this.currentOracle);
    this.ask();
  }

  /** Makes the kernel be in the state entered, where it is not: restoring costs. */
  private bringKernel(): void {
    if (this.atCurrent) return;
    this.kernel.restore(this.currentSnapshot);
    this.atCurrent = true;
  }

  /** True where `state` is the state entered. */
  private isCurrent(): boolean {
    const { state, current, touched } = this;
    if (touched === undefined) return equalWords(state, current);
    touched.set(this.kernel.touched!, this.tail / TOUCH_BLOCK_WORDS);
    return equalBlocks(state, current, touched);
  }

  /** Takes the kernel's state over into `state`. */
  private keepSnapshot(): void {
    const saved = this.kernel.save(this.snapshot);
    if (saved === this.snapshot) return;
    if (saved.length !== this.snapshot.length || this.state.length === 0) {
      this.state = new Uint32Array(this.tail + saved.length);
      this.oracleWords = this.state.subarray(ORACLE, this.tail);
      this.snapshot = this.state.subarray(this.tail);
      if (this.kernel.touched !== undefined) this.touched = new Uint8Array(Math.ceil(this.state.length / TOUCH_BLOCK_WORDS)).fill(1);
    }
    this.snapshot.set(saved);
  }

  /** Puts progress and oracle before the snapshot. */
  private compose(action: number, operation: Operation, done: boolean): void {
    for (let i = 0; i < this.tail; i++) this.state[i] = this.current[i]!;
    const oracle = this.oracleWords;
    if (done) {
      this.state[PROGRESS] = advance(this.workload.actions[action]!, this.current[PROGRESS]!);
      this.oracle.observe(oracle, operation);
    } else {
      this.oracle.failed(oracle, operation);
    }
  }

  private judgeStep(operation: Operation, result: StepResult): void {
    const { facts } = this;
    facts.operation = operation;
    facts.result = result;
    facts.views = null;
    facts.health = null;
    const oracle = this.currentOracle;
    facts.expected = this.oracle.expected(oracle, operation);
    facts.secret = this.oracle.secret(oracle, operation);
    facts.foreign = isAccess(operation) && readsForeign(this.oracle, oracle, operation.buf, result, facts.expected);
    this.ask();
  }

  private ask(): void {
    for (let r = 0; r < this.rules.length; r++) {
      const cause = this.rules[r]!.judge(this.facts);
      if (cause !== NO_CAUSE) this.violations.push(r * CAUSES + cause);
    }
  }
}
