// SPDX-License-Identifier: MIT
/** Cases of the model whose declared independence is tried, and how. */

import { areIndependent, CAUSES, diamonds, type DiamondResult, formatStep, KernelSpace, RULES, type PairTally, type Rule, type StepFacts, suited, type Workload } from "../../src/check/index.ts";
import { createModelFactory, DRIVERS } from "../../src/linux/index.ts";
import { parseOneMachine } from "../../src/scenarios/index.ts";

const factory = createModelFactory({ release: "6.12", policy: "decrypt-dma-alloc-guest" });

function digest(value: unknown): number {
  let h = 7;
  for (const c of JSON.stringify(value)) h = (h * 31 + c.charCodeAt(0)) % 65_521;
  return h % CAUSES;
}

/** A rule that objects to every step, with what it was told as cause: so that results and promises are compared, not only violations. */
function recorder(told: (facts: StepFacts) => unknown): Rule {
  return { ...RULES[0]!, judge: (facts) => digest(told(facts)) };
}

const RECORDERS: readonly Rule[] = [recorder((f) => f.result), recorder((f) => [f.expected, f.secret, f.foreign])];

/** The case as a space with rules and recorders; null where the configuration does not boot or the kernel does not run an operation of it. */
export function spaceOf(machine: string, device: string, workload: Workload): { readonly space: KernelSpace; readonly workload: Workload } | null {
  const configuration = parseOneMachine(machine);
  const driver = DRIVERS.find((d) => d.name === device)!;
  const kernel = factory.create(configuration, driver);
  if (kernel.boot.status !== "ready") return null;
  const cut = suited(workload, driver, configuration);
  return { space: new KernelSpace(kernel, cut, [...RULES, ...RECORDERS]), workload: cut };
}

/** What decides a case: equal keys need one look. */
export function keyOf(machine: string, device: string): string {
  const configuration = parseOneMachine(machine);
  return factory.effectiveKey(configuration, DRIVERS.find((d) => d.name === device)!) ?? `${machine} ${device}`;
}

export interface Commuting {
  readonly result: DiamondResult;
  /** Declared pairs whose orders differ, as text. */
  readonly wrong: readonly string[];
  /** Pairs that always commute and are not declared, as text, with the states that enable both. */
  readonly missed: readonly { readonly pair: string; readonly states: number }[];
}

/** Tries the declared pairs of a case, with `all` every pair; null where there is nothing to try. */
export function commuting(machine: string, device: string, of: Workload, states: number, all = false): Commuting | null {
  const made = spaceOf(machine, device, of);
  if (made === null) return null;
  const { space, workload } = made;
  const independence = space.independence!;
  const result = diamonds(space, (a, b) => all || areIndependent(independence, a, b), states);
  const step = (action: number): string => formatStep(workload.actions[action]!.operation);
  const text = (p: PairTally): string => `${step(p.a)} | ${step(p.b)}`;
  return {
    result,
    wrong: result.pairs.filter((p) => p.differs !== null && areIndependent(independence, p.a, p.b)).map((p) => `${text(p)}: ${p.differs!.what} after ${p.differs!.path.map(step).join(" ")}`),
    missed: result.pairs.filter((p) => p.differs === null && !areIndependent(independence, p.a, p.b)).map((p) => ({ pair: text(p), states: p.states })),
  };
}
