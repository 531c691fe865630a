// SPDX-License-Identifier: MIT
/** What `cbit explain` tells, as the finding of a matrix. */

import { type Finding, RULES, type Violation } from "../check/index.ts";
import type { ExplainReport } from "./reports.ts";

/** What the last step violates, or boot; null where nothing is wrong. */
export function toldViolation(report: Pick<ExplainReport, "replay" | "rule">): Violation | null {
  const last = report.replay.steps.at(-1);
  const told = last === undefined ? report.replay.boot : last.violations;
  return told.find((v) => v.rule === report.rule) ?? told[0] ?? null;
}

/** Null where nothing is wrong. */
export function explainedFinding(report: ExplainReport): Finding | null {
  const { id, rule, cause, trace, replay } = report;
  const violation = toldViolation(report);
  if (violation === null || rule === null || id === null) return null;
  const found = report.case?.findings.find((f) => f.id === id);
  return found ?? { id, rule, severity: RULES.find((r) => r.id === rule)!.severity, title: violation.title, trace, replay, cause: cause ?? "", number: 1, causes: 1 };
}
