// SPDX-License-Identifier: MIT
/** The self-check of one case: a kernel on a machine with a device, under a workload. */

import type { Configuration, DriverProfile, KernelFactory } from "../kernel/index.ts";
import { boot } from "./booted.ts";
import { KernelSpace, ruleOfKey } from "./kernel-space.ts";
import { RULES } from "./rules/index.ts";
import { selfCheck, type SelfCheck, type SelfCheckOptions } from "./self-check.ts";
import { formatStep } from "./trace.ts";
import type { Workload } from "./workload.ts";

export interface SelfCheckedCase extends SelfCheck {
  /** By row: whether a rule of severity "error" objects, nothing does and all was tried, or not all was. */
  readonly verdicts: readonly ("broken" | "holds" | "bounded")[];
}

/**
 * Searches a case with each reduction on and off, a freshly booted kernel for each.
 * @returns null where kernel or driver decline the configuration: there is nothing to search
 */
export function selfCheckCase(factory: KernelFactory, configuration: Configuration, driver: DriverProfile, workload: Workload, options: Omit<SelfCheckOptions, "keyText">): SelfCheckedCase | null {
  if (boot(factory, configuration, driver, workload).start === null) return null;
  const make = (): KernelSpace => {
    const booted = boot(factory, configuration, driver, workload);
    return new KernelSpace(booted.kernel, booted.workload, RULES);
  };
  const keyText = (key: number): string => {
    const { rule, cause } = ruleOfKey(RULES, key);
    return `${rule.id} (cause ${cause})`;
  };
  const result = selfCheck(make, { ...options, keyText });
  const verdicts = result.rows.map(({ found, complete }) => (found.some((f) => ruleOfKey(RULES, f.key).rule.severity === "error") ? "broken" : complete ? "holds" : "bounded"));
  const different = verdicts.flatMap((verdict, i) => (verdict === verdicts[0] || (verdict === "holds" && verdicts[0] === "bounded") ? [] : [`${result.rows[i]!.way}: ${verdict}, not ${verdicts[0]!}`]));
  return { ...result, verdicts, differences: [...different, ...result.differences] };
}

/** A declared pair that does not commute, in words. @param workload the one that was searched, as far as the case can take part */
export function wrongPairText(workload: Workload, { a, b, path, what }: SelfCheck["pairs"]["wrong"][number]): string {
  const step = (action: number): string => formatStep(workload.actions[action]!.operation);
  const after = path.length === 0 ? "at the start" : `after ${path.map(step).join(" ")}`;
  return `${step(a)} and ${step(b)} are declared independent and are not ${after}: ${what}`;
}
