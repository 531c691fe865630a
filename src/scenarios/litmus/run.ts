// SPDX-License-Identifier: MIT
/** Runs a litmus file: every run line on each of its machines with each of its devices. */

import { CbitError } from "../../base/index.ts";
import { bootViolations, type Extent, extentOf, goesOn, oracleWords, type RuleId, RULES, runStep, type Violation } from "../../check/index.ts";
import type { Configuration, DriverProfile, Kernel, KernelFactory, Operation } from "../../kernel/index.ts";
import { evaluate } from "./evaluate.ts";
import type { Expectation, Litmus, Override, Run, Step } from "./litmus.ts";
import { MAX_BUFFERS, MAX_PAGES } from "./names.ts";
import { matches, outcomeText, resultText, type ValueName } from "./outcomes.ts";

/** What a run line needs of a kernel. */
export interface Story {
  readonly machines: readonly Configuration[];
  readonly devices: readonly DriverProfile[];
  readonly operations: readonly Operation[];
}

/** Somebody who knows kernels and devices by their names; both throw CbitError for a name that is not known. */
export interface Catalogue {
  /** @param story what kernels are made for */
  kernel(name: string, policy: string | null, story: Story): Promise<KernelFactory>;
  device(spec: string): DriverProfile;
}

/** A step that came to something else than its line says. */
export interface Difference {
  readonly line: number;
  readonly text: string;
  readonly expected: string;
  readonly got: string;
}

export interface Broken {
  readonly line: number;
  readonly text: string;
  readonly violation: Violation;
}

/** One step as it ran. */
export interface ToldStep {
  readonly line: number;
  readonly text: string;
  readonly result: string;
}

export interface RunResult {
  readonly line: number;
  readonly kernel: string;
  readonly policy: string | null;
  /** The policy where the file names one. */
  readonly named: string | null;
  readonly machine: string;
  readonly device: string;
  /** What the run line says: "holds", "bounce-leak", "refused". */
  readonly expected: string;
  /** What it came to, in the same words, and how many steps differ. */
  readonly got: string;
  /** Everything is as the file says. */
  readonly ok: boolean;
  /** Why the configuration is refused or unsupported; null where steps ran. */
  readonly reason: string | null;
  readonly differences: readonly Difference[];
  /** The first violation of each rule. */
  readonly broken: readonly Broken[];
  readonly steps: readonly ToldStep[];
  /** Steps that did not run, because one before them ended in something else than it should. */
  readonly left: number;
}

interface Ran {
  readonly differences: Difference[];
  readonly broken: Broken[];
  readonly steps: ToldStep[];
  left: number;
}

/** The step with what the run puts in its place. */
function overridden(step: Step, override: Override | undefined): Step {
  if (override === undefined || step.kind === "reset") return step;
  if (step.kind === "check" && override.kind === "check") return { ...step, check: override.check };
  if (step.kind === "operation" && override.kind === "outcome") return { ...step, outcome: override.outcome };
  return step;
}

/** Names of values within a sentence of a rule's, which knows numbers only. */
function withNames(text: string, values: ReadonlyMap<number, string>): string {
  return text.replaceAll(/\bthe value (\d+)/g, (all, number: string) => (values.has(Number(number)) ? `"${values.get(Number(number))!}"` : all));
}

function operationsOf(litmus: Litmus): Operation[] {
  return litmus.steps.flatMap((s) => (s.kind === "operation" ? [s.operation] : []));
}

class Runner {
  private readonly kernel: Kernel;
  private readonly litmus: Litmus;
  private readonly extent: Extent;
  private readonly promises: Uint32Array;
  private readonly warnings: string[] = [];
  private readonly name: ValueName;
  readonly ran: Ran = { differences: [], broken: [], steps: [], left: 0 };

  constructor(kernel: Kernel, litmus: Litmus) {
    this.kernel = kernel;
    this.litmus = litmus;
    this.extent = extentOf({ buffers: MAX_BUFFERS, pages: MAX_PAGES, cells: kernel.configuration.cells ?? 1 }, operationsOf(litmus));
    this.promises = new Uint32Array(oracleWords(this.extent));
    this.name = (value) => (litmus.values.has(value) ? `"${litmus.values.get(value)!}"` : `token ${value}`);
  }

  /** Runs steps until one ends in an error, a fault or a crash that its line does not have. */
  run(steps: readonly Step[]): void {
    // What boot cost is not the story's.
    this.kernel.resetCosts();
    this.kernel.record(true);
    for (const [index, step] of steps.entries()) {
      if (this.step(step)) continue;
      this.ran.left = steps.length - index - 1;
      break;
    }
    this.kernel.record(false);
  }

  private step(step: Step): boolean {
    switch (step.kind) {
      case "operation":
        return this.operation(step);
      case "check": {
        const wrong = evaluate(this.kernel, step.check, this.warnings);
        if (wrong !== null) this.ran.differences.push({ line: step.line, text: step.text, ...wrong });
        this.tell(step, wrong === null ? "ok" : wrong.got);
        return true;
      }
      case "reset":
        this.kernel.resetCosts();
        this.warnings.length = 0;
        this.tell(step, "ok");
        return true;
    }
  }

  private operation(step: Extract<Step, { kind: "operation" }>): boolean {
    const { result, violations } = runStep(this.kernel, this.extent, this.promises, step.operation, this.kernel.views());
    const got = resultText(result, this.name);
    if ("warnings" in result) this.warnings.push(...(result.warnings ?? []));
    this.tell(step, got);
    this.broke(step.line, step.text, violations);
    if (matches(step.outcome, result)) return result.outcome !== "crash";
    this.ran.differences.push({ line: step.line, text: step.text, expected: outcomeText(step.outcome, this.name), got });
    return goesOn(result);
  }

  /** Takes note of the first violation of each rule. */
  broke(line: number, text: string, violations: readonly Violation[]): void {
    for (const violation of violations) {
      if (this.ran.broken.some((b) => b.violation.rule === violation.rule)) continue;
      this.ran.broken.push({ line, text, violation: { ...violation, title: withNames(violation.title, this.litmus.values) } });
    }
  }

  private tell(step: Step, result: string): void {
    this.ran.steps.push({ line: step.line, text: step.text, result });
  }
}

const isError = (id: RuleId): boolean => RULES.find((r) => r.id === id)!.severity === "error";

/** Rules in the order of the table. */
function inOrder(ids: readonly RuleId[]): RuleId[] {
  return RULES.map((r) => r.id).filter((id) => ids.includes(id));
}

const rulesText = (ids: readonly RuleId[]): string => (ids.some(isError) ? ids.join(" ") : ["holds", ...ids].join(" "));

function expectationText(expect: Expectation): string {
  if (expect.kind === "unsupported") return expect.kind;
  if (expect.kind === "refused") return expect.wrongly ? "refused refusal" : "refused";
  return [rulesText(inOrder(expect.rules)), ...expect.not.map((id) => `not ${id}`)].join(" ");
}

/** Which of the broken rules a run is about: all errors, and the advice that its line names. */
function judged(expect: Expectation, broken: readonly RuleId[]): RuleId[] {
  const named = expect.kind === "rules" ? [...expect.rules, ...expect.not] : [];
  return inOrder(broken.filter((id) => isError(id) || named.includes(id)));
}

function asExpected(expect: Expectation, got: readonly RuleId[]): boolean {
  return expect.kind === "rules" && got.length === expect.rules.length && got.every((id) => expect.rules.includes(id));
}

function runCase(litmus: Litmus, run: Run, factory: KernelFactory, machine: Configuration, driver: DriverProfile, device: string): RunResult {
  const kernel = factory.create(machine, driver);
  const head = { line: run.line, kernel: factory.name, policy: factory.policy, named: run.policy, machine: machine.name, device, expected: expectationText(run.expect) };
  const runner = new Runner(kernel, litmus);
  runner.broke(run.line, "boot and probe", bootViolations(kernel));
  if (kernel.boot.status !== "ready") {
    const { status, reason } = kernel.boot;
    const got = status === "refused" && runner.ran.broken.length > 0 ? "refused refusal" : status;
    return { ...head, got, ok: got === head.expected, reason, ...runner.ran };
  }
  runner.run(litmus.steps.map((s) => overridden(s, s.label === null ? undefined : run.overrides.get(s.label))));
  const { ran } = runner;
  const got = judged(run.expect, ran.broken.map((b) => b.violation.rule));
  const ok = ran.differences.length === 0 && asExpected(run.expect, got);
  const differ = ran.differences.length === 0 ? "" : ran.differences.length === 1 ? ", one step differs" : `, ${ran.differences.length} steps differ`;
  return { ...head, got: `${rulesText(got)}${differ}`, ok, reason: null, ...ran };
}

/** What will run: names looked up, nothing booted yet. */
export interface Prepared {
  readonly litmus: Litmus;
  /** One for each run line, machine and device. */
  readonly cases: readonly (() => RunResult)[];
}

/** An error of the catalogue's, with the place of the run line. */
function atRun(litmus: Litmus, run: Run, error: unknown): unknown {
  if (!(error instanceof CbitError)) return error;
  const hint = error.hint === undefined ? {} : { hint: error.hint };
  return new CbitError({ code: error.code, exit: error.exit, message: `${litmus.file}:${run.line}: ${error.message}`, ...hint, cause: error });
}

async function casesOf(litmus: Litmus, run: Run, catalogue: Catalogue): Promise<(() => RunResult)[]> {
  try {
    const drivers = run.devices.map((spec) => [spec, catalogue.device(spec)] as const);
    const story: Story = { machines: run.machines, devices: drivers.map(([, driver]) => driver), operations: operationsOf(litmus) };
    const factory = await catalogue.kernel(run.kernel, run.policy, story);
    return run.machines.flatMap((machine) => drivers.map(([spec, driver]) => () => runCase(litmus, run, factory, machine, driver, spec)));
  } catch (error) {
    throw atRun(litmus, run, error);
  }
}

/** A file, ready to run. @throws CbitError for a kernel or a device that is not known, with file and line */
export async function prepareLitmus(litmus: Litmus, catalogue: Catalogue): Promise<Prepared> {
  const cases: (() => RunResult)[] = [];
  for (const run of litmus.runs) cases.push(...(await casesOf(litmus, run, catalogue)));
  return { litmus, cases };
}
