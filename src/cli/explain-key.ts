// SPDX-License-Identifier: MIT
/**
 * `cbit explain` with a letter of a matrix, or with nothing: the matrix is searched again, so that nothing has to be remembered
 * between two commands. The same options give the same letters.
 */

import { CbitError, EXIT } from "../base/index.ts";
import type { Bounds, CaseResult, Workload } from "../check/index.ts";
import type { Configuration, DriverProfile, KernelFactory } from "../kernel/index.ts";
import { keysText, letter, storiesOf, storyGroups } from "../report/index.ts";
import { planMatrix } from "../scenarios/index.ts";
import type { Context } from "./context.ts";
import { searchProgress } from "./search-progress.ts";
import { searchMatrix } from "./threads/threads.ts";

/** What the letters are about: the options of `cbit check`. */
export interface KeyedMatrix {
  readonly factory: KernelFactory;
  readonly machines: readonly Configuration[];
  readonly drivers: readonly DriverProfile[];
  readonly workload: Workload;
  readonly bounds: Bounds;
}

/** True for "a", "b", "aa": what no id and no token looks like. */
export const looksLikeKey = (what: string): boolean => /^[a-z]{1,2}$/.test(what);

/** The cases of the matrix. */
export async function keyedCases({ factory, machines, drivers, workload, bounds }: KeyedMatrix, context: Context): Promise<readonly CaseResult[]> {
  const plan = planMatrix(factory, machines, drivers, workload, { bounds });
  const { cases } = await searchMatrix(plan, null, null, (index, total, name) => {
    context.progress(`${index + 1}/${total} ${name}`);
    return searchProgress(context, `${index + 1}/${total} ${name}: `);
  });
  context.progress("");
  return cases;
}

/** The id of the first finding under a letter, and those of the others. @throws CbitError (CBIT-107) where there is no such letter */
export function idsOfKey(key: string, cases: readonly CaseResult[]): readonly [string, ...string[]] {
  const groups = storyGroups(storiesOf(cases).errors);
  const group = groups.find((g) => g.key === key);
  if (group !== undefined) return group.stories.map(([first]) => first!.id) as [string, ...string[]];
  throw new CbitError({
    code: "CBIT-107",
    exit: EXIT.usage,
    message: groups.length === 0 ? `there is no story "${key}": nothing is broken in this matrix` : `there is no story "${key}": the matrix has ${groups.length === 1 ? "a" : `a to ${letter(groups.length - 1)}`}`,
    hint: "Letters are those of `cbit check` with the same --kernel, --policy, --machine, --device and --workload.",
  });
}

/** What each letter stands for. */
export function printKeys({ factory, workload }: KeyedMatrix, cases: readonly CaseResult[], command: (key: string) => string, context: Context): void {
  context.out(keysText({ kernel: factory.name, policy: factory.policy, workload: workload.name, cases, command }, context.style));
}
