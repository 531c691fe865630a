// SPDX-License-Identifier: MIT
/**
 * cbit as a library: what the commands do, as functions of values. Nothing here reads a file, a clock or the network; it runs in Node and
 * in browsers. What needs Node, kernel trees above all, is in `cbit/node`. Every name is described in docs/reference/library.md.
 */

export { check, type CheckSelection, compare, type Selection } from "./check.ts";
export { explain, type Explained, type ExplainOptions, replay, type ReplayOptions } from "./explain.ts";
export { comparePolicies, type PoliciesSelection } from "./policies.ts";
export { model, type ModelOptions, policy } from "./kernels.ts";
export { runLitmus } from "./litmus.ts";
export { device, machine, machines, workload } from "./places.ts";

export { CbitError, EXIT, type ExitCode } from "../base/index.ts";
export {
  type Bounds,
  type CaseOptions,
  type CaseResult,
  type ComparedCase,
  DEFAULT_BOUNDS,
  type Finding,
  type FindingName,
  formatToken,
  type PageSight,
  parseFindingId,
  parseToken,
  type Replay,
  type ReplayStep,
  type Rule,
  type RuleId,
  RULES,
  type SeenReplay,
  type SeenStep,
  type Severity,
  type Trace,
  type Verdict,
  type ViewChange,
  type Violation,
  type Workload,
} from "../check/index.ts";
export type { BootResult, Chooser, Configuration, Costs, CpuAlias, DriverProfile, FrameState, Kernel, KernelEvent, KernelFactory, Operation, StepResult, View } from "../kernel/index.ts";
export { type Change, CHANGES, DEFAULT_POLICY, DRIVERS, type Linux, POLICIES, type Policy, type PolicyDescription, type PolicyKit, type PolicySource, type Release, RELEASES } from "../linux/index.ts";
export { type Platform, PLATFORMS } from "../machine/index.ts";
export {
  type About,
  checkHtml,
  checkJson,
  checkMail,
  type CheckReport,
  checkSarif,
  checkSuites,
  checkText,
  compareHtml,
  compareJson,
  compareMail,
  type CompareReport,
  compareSarif,
  compareSuites,
  compareText,
  explainHtml,
  explainJson,
  explainMail,
  type ExplainReport,
  explainSarif,
  explainText,
  junit,
  ktap,
  kunitTest,
  type LitmusFile,
  type LitmusRun,
  notFoundJson,
  type NotFoundReport,
  notFoundText,
  policiesHtml,
  policiesJson,
  type PoliciesReport,
  policiesText,
  replayJson,
  type ReplayReport,
  replayText,
  runJson,
  runSarif,
  runSuites,
  runText,
} from "../report/index.ts";
export { createStyle, type Style } from "../report/style.ts";
export { type PageTimeline, pageTimeline, type TimelineCell, type TimelineRow } from "../report/page-timeline.ts";
export { type CaseProgress, DEFAULT_WORKLOAD, readDeviceFile, readMachineFile, type Scale, WORKLOADS } from "../scenarios/index.ts";
