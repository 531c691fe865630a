// SPDX-License-Identifier: MIT
/** A long order of operations that ends with a violation, found by chance. */

import { advance, mayRun } from "../../src/check/workload.ts";
import { type Booted, replayOn, type RuleId } from "../../src/check/index.ts";
import type { Operation } from "../../src/kernel/index.ts";
import { numbers } from "./numbers.ts";

/** Walks at random until `rule` is broken, at least `least` operations, at most 2000. */
export function randomWalk({ kernel, start, workload }: Booted, rule: RuleId, seed: number, least = 30): Operation[] {
  const below = numbers(seed);
  const walk: Operation[] = [];
  let progress = 0;
  while (walk.length < 2000) {
    const choices = workload.actions.filter((a) => mayRun(a, progress));
    const action = choices[below(choices.length)]!;
    walk.push(action.operation);
    progress = advance(action, progress);
  }
  kernel.restore(start!);
  const { steps } = replayOn(kernel, workload, walk);
  const at = steps.findIndex((s, i) => i >= least && s.violations.some((v) => v.rule === rule));
  if (at < 0) throw new Error(`no ${rule} in the walk of seed ${seed}`);
  return walk.slice(0, at + 1);
}
