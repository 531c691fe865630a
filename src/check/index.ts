// SPDX-License-Identifier: MIT
export { type Agent, tokenOf, writtenPhrase } from "./agents.ts";
export { boot, type Booted, type CaseResult, caseId, checkCase, DEFAULT_BOUNDS, type Finding, findingId, type Verdict } from "./case.ts";
export { causesOf, type Change, CHANGES, type ComparedCase, compareCases, errorsOf } from "./comparison.ts";
export { type Extent, extentOf, oracleWords, type PromiseRun } from "./oracle.ts";
export { distinguishing, type Outcome, type PolicyCell, policyCells, type PolicyRun, type PolicyTally, tallyPolicies, tellingFindings } from "./policies.ts";
export { operationOn, pagesMade } from "./operation-places.ts";
export { reduceTrace } from "./reduce/reduce.ts";
export * from "./replay.ts";
export { AT_BOOT, type RootCause, rootCauseOf } from "./root-cause.ts";
export { attributePhrase, viewPhrase } from "./rules/alias-attribute.ts";
export { RULES } from "./rules/index.ts";
export { resultPhrase } from "./rules/mapping-failed.ts";
export type { Rule, RuleId, Severity, Violation } from "./rules/rule.ts";
export type { Bounds, Progress } from "./search.ts";
export { formatStep, formatToken, looksLikeToken, parseToken, type Trace } from "./trace.ts";
export { twinCase } from "./twin.ts";
export { type PageSight, type SeenReplay, type SeenStep, watchReplay } from "./sight.ts";
export { type Action, isAccess, type Sometimes, suited, type Workload } from "./workload.ts";
