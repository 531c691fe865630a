// SPDX-License-Identifier: MIT
/** The library's `explain` and `replay`; the commands of these names stand on the same functions. */

import { CbitError, EXIT } from "../base/index.ts";
import { type CaseOptions, checkCase, DEFAULT_BOUNDS, findingId, type FindingName, explainWords, looksLikeToken, parseFindingId, parseToken, type Replay, replayOn, rootCauseOf, type RuleId, type Trace, watchReplay, type Workload } from "../check/index.ts";
import type { Configuration, DriverProfile, KernelFactory } from "../kernel/index.ts";
import type { ExplainReport, NotFoundReport, ReducedTrace, ReplayReport } from "../report/index.ts";
import { DEFAULT_WORKLOAD, reduceCase } from "../scenarios/index.ts";
import { explainCommand } from "./check.ts";
import { model } from "./kernels.ts";
import { device, machine, workload as workloadNamed, workloadOf } from "./places.ts";
import { type Subject, type TracedSubject, tracedOn } from "./subject.ts";

/** What of a counterexample is needed; null for one that shows at boot. */
function reducedOf({ factory, configuration, driver, workload }: Subject, rule: RuleId, trace: Trace): ReducedTrace | null {
  if (trace.operations.length === 0) return null;
  const { needs, irrelevant, simpler, machine: without, operations } = reduceCase(factory, configuration, driver, workload, rule, trace.operations);
  // A machine of a file keeps its name where nothing of it can be left out.
  return { needs, irrelevant, simpler, trace: { ...trace, machine: irrelevant.length === 0 ? trace.machine : without, operations } };
}

/** What came of looking for a finding. */
export type Explained = { readonly found: true; readonly report: ExplainReport } | { readonly found: false; readonly report: NotFoundReport };

/** Searches a case for a finding. @throws CbitError (CBIT-302) where the search never came to what the workload is about */
export function explainFinding(subject: Subject, { rule: wanted, number }: FindingName, options: CaseOptions): Explained {
  const { factory, configuration, driver, workload } = subject;
  const result = checkCase(factory, configuration, driver, workload, options);
  const id = findingId(result.device, result.machine, wanted, number);
  const finding = result.findings.find((f) => f.id === id);
  if (finding === undefined) return { found: false, report: { id, case: result, others: result.findings } };
  const { rule, cause, trace, replay } = finding;
  return { found: true, report: { case: result, id, rule, cause, configuration, driver, trace, replay, reduced: reducedOf(subject, rule, trace), also: [], command: explainCommand(factory, workload, id) } };
}

/** What the last step of a trace violates, or the boot where there is none, and the id of such a finding; both null where nothing. */
function endOf({ steps, boot }: Replay, configuration: Configuration, driver: DriverProfile): { readonly rule: RuleId | null; readonly id: string | null } {
  const rule = (steps[steps.length - 1]?.violations ?? boot)[0]?.rule ?? null;
  return { rule, id: rule === null ? null : findingId(driver.name, configuration.name, rule) };
}

/** Runs a trace again, and explains what its last step violates. */
export function explainTrace({ trace, kernel, ...subject }: TracedSubject): ExplainReport {
  const { configuration, driver, workload } = subject;
  const replay = replayOn(kernel, workload, trace.operations);
  const { rule, id } = endOf(replay, configuration, driver);
  const ran = { ...trace, operations: trace.operations.slice(0, replay.steps.length) };
  return {
    case: null,
    id,
    rule,
    cause: rule === null ? null : rootCauseOf(rule, replay.steps),
    configuration,
    driver,
    trace,
    replay,
    reduced: rule === null ? null : reducedOf(subject, rule, ran),
    also: [],
    command: ["cbit explain", ...explainWords(trace)].join(" "),
  };
}

/** Runs a trace again, looking at every page after each step. @throws CbitError where the workload does not allow its order */
export function watchTrace({ trace, kernel, configuration, driver, workload }: TracedSubject): ReplayReport {
  const replay = watchReplay(kernel, workload, trace.operations);
  const { rule, id } = endOf(replay, configuration, driver);
  return { id, rule, configuration, driver, trace, replay };
}

/** On which kernel to run a token. */
export interface ReplayOptions {
  /** Another kernel than the token's. */
  readonly kernel?: KernelFactory;
}

/** How to explain an id or a token. */
export interface ExplainOptions extends ReplayOptions {
  /** For ids; a token has its own. `ttm-buffer` where it is left out. */
  readonly workload?: string | Workload;
  /** For ids: how the case is searched. */
  readonly search?: CaseOptions;
}

/** What a token names, with a kernel that is booted for it. @throws CbitError for a name that is not known, CBIT-301 where it does not boot */
function traced(token: string, { kernel: other }: ReplayOptions): TracedSubject {
  const trace = parseToken(token);
  const [configuration, driver, workload] = [machine(trace.machine), device(trace.device), workloadNamed(trace.workload)];
  if (other === undefined && !trace.kernel.startsWith("model:")) {
    throw new CbitError({ code: "CBIT-103", exit: EXIT.usage, message: `the token's kernel is ${trace.kernel}, which is no model`, hint: "Give the kernel: replay(token, { kernel }), with tree() of cbit/node." });
  }
  const factory = other ?? model(trace.kernel, trace.policy === null ? {} : { policy: trace.policy });
  return tracedOn({ factory, configuration, driver, workload }, trace);
}

/**
 * One counterexample step by step, with why it happens and what of the machine it needs.
 * @param what a finding's id, or a token
 * @throws CbitError for what is neither, and for names that are not known
 */
export function explain(what: string, options: ExplainOptions = {}): Explained {
  if (looksLikeToken(what)) return { found: true, report: explainTrace(traced(what, options)) };
  const name = parseFindingId(what);
  const subject = { factory: options.kernel ?? model(), configuration: machine(name.machine), driver: device(name.device), workload: workloadOf(options.workload ?? DEFAULT_WORKLOAD) };
  return explainFinding(subject, name, options.search ?? { bounds: DEFAULT_BOUNDS });
}

/**
 * Runs a token again, and looks at every page after each step.
 * @throws CbitError for what is no token, for names that are not known, and for an order that its workload does not allow
 */
export function replay(token: string, options: ReplayOptions = {}): ReplayReport {
  return watchTrace(traced(token, options));
}
