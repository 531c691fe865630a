// SPDX-License-Identifier: MIT
/** Two results of one case, from two kernels: what has become of it. */

import { InternalError } from "../base/index.ts";
import { STOPPED_AT_BOOT } from "../kernel/index.ts";
import type { CaseResult } from "./case.ts";
import { caseId, type Finding } from "./findings.ts";
import type { RootCause } from "./root-cause.ts";

/**
 * `broken`: it held, and does not any more. `fixed`: the other way round. `changed`: wrong before and after, for another root cause.
 * `same`: the same verdict for the same causes. `unsupported`: one of both kernels cannot be asked. `unknown`: one of both was not
 * searched to the end.
 */
export type Change = "broken" | "changed" | "fixed" | "unsupported" | "unknown" | "same";

/** All changes, in the order of reports. */
export const CHANGES: readonly Change[] = ["broken", "changed", "fixed", "unsupported", "unknown", "same"];

/** One case on two kernels, and what became of its verdict. */
export interface ComparedCase {
  readonly device: string;
  readonly machine: string;
  readonly change: Change;
  readonly before: CaseResult;
  readonly after: CaseResult;
}

/** The findings that make a case broken. */
export function errorsOf(result: CaseResult): readonly Finding[] {
  return result.findings.filter((f) => f.severity === "error");
}

/** A root cause without addresses and lines: they are where a kernel put things. */
export const placeless = (cause: RootCause): string => cause.replaceAll(/0x[0-9a-f]+/g, "0x").replaceAll(/(\.[ch]):\d+/g, "$1");

/** What is wrong in a case, and why, sorted. States are not looked at. */
export function causesOf(result: CaseResult): readonly string[] {
  const causes = errorsOf(result).map((f) => `${f.rule}: ${placeless(f.cause)}`);
  return [...(result.verdict === "refused" ? [...causes, "refused"] : causes)].sort();
}

/** True where the kernel itself ended while it booted: not because nobody knows how to boot it there. */
function diedAtBoot(result: CaseResult): boolean {
  return result.verdict === "unsupported" && result.reason?.startsWith(STOPPED_AT_BOOT) === true;
}

/** A kernel that dies where the other one comes up is worse than any finding. */
function changeAtBoot(before: CaseResult, after: CaseResult): Change | null {
  if (diedAtBoot(before) === diedAtBoot(after)) return null;
  const other = diedAtBoot(before) ? after : before;
  if (other.verdict === "broken" || other.verdict === "refused") return "changed";
  if (other.verdict !== "holds") return null;
  return diedAtBoot(after) ? "broken" : "fixed";
}

function changeOf(before: CaseResult, after: CaseResult): Change {
  const atBoot = changeAtBoot(before, after);
  if (atBoot !== null) return atBoot;
  const either = (verdict: CaseResult["verdict"]): boolean => before.verdict === verdict || after.verdict === verdict;
  if (either("unsupported")) return "unsupported";
  if (either("bounded")) return "unknown";
  if (before.verdict === "holds") return after.verdict === "holds" ? "same" : "broken";
  if (after.verdict === "holds") return "fixed";
  return causesOf(before).join("\n") === causesOf(after).join("\n") ? "same" : "changed";
}

/** Compares case by case. Both have the same cases in the same order. */
export function compareCases(before: readonly CaseResult[], after: readonly CaseResult[]): ComparedCase[] {
  if (before.length !== after.length) throw new InternalError("comparison: the matrices are not of the same size");
  return before.map((b, i) => {
    const a = after[i]!;
    if (caseId(b.device, b.machine) !== caseId(a.device, a.machine)) throw new InternalError(`comparison: ${b.device}@${b.machine} is beside ${a.device}@${a.machine}`);
    return { device: b.device, machine: b.machine, change: changeOf(b, a), before: b, after: a };
  });
}
