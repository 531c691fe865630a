// SPDX-License-Identifier: MIT
/** The JSON of each command. Schemas: docs/schemas. */

import { type Finding, formatToken, type Replay, type ReplayStep, type ViewChange } from "../check/index.ts";
import type { Operation, StepResult, View } from "../kernel/index.ts";
import { domainName } from "../machine/index.ts";
import { type Json, print } from "./json-print.ts";
import type { CheckReport, DoctorReport, ExplainReport, ListSection, NotFoundReport, ReducedTrace, TreeEntry } from "./reports.ts";
import { tokenHex } from "./steps.ts";

const warningsJson = (warnings: readonly string[] | undefined): { readonly warnings?: readonly string[] } => (warnings === undefined || warnings.length === 0 ? {} : { warnings });

function resultJson(result: StepResult): Json {
  switch (result.outcome) {
    case "done":
      return { outcome: "done", ...warningsJson(result.warnings) };
    case "error":
      return { outcome: "error", errno: result.errno, from: result.from, ...(result.injected === true ? { injected: true } : {}), ...warningsJson(result.warnings) };
    case "fault":
      return { outcome: "fault", fault: result.fault.fault, address: `0x${result.fault.address.toString(16)}` };
    case "crash":
      return { outcome: "crash", reason: result.reason, at: result.at };
    case "unsupported":
      return { outcome: "unsupported", reason: result.reason };
  }
}

/** The operation with its result; for reads what was got, and what should have been. */
export function stepJson(step: ReplayStep): { readonly [key: string]: Json } {
  const seen = step.result.outcome === "done" ? step.result.seen : null;
  const operation: { readonly [key: string]: string | number | boolean } = { ...(step.operation satisfies Operation) };
  return {
    ...operation,
    result: resultJson(step.result),
    ...(seen === null ? {} : { got: { bytes: seen.bytes, token: seen.token, storedIn: domainName(seen.storedIn), readIn: domainName(seen.readIn) } }),
    ...(step.expected === null ? {} : { expected: { bytes: tokenHex(step.expected), token: step.expected } }),
  };
}

/** A view. */
export function viewJson(view: View): Json {
  const { buf, page, kind, pfn, address, cBit, cache, chosenBy } = view;
  return { buf, page, kind, pfn, address, cBit, domain: domainName(view.domain), cache, chosenBy: { function: chosenBy.function, file: chosenBy.file } };
}

/** What became of a view. */
export function changeJson(change: ViewChange): Json {
  return { change: change.change, view: viewJson(change.view), before: change.before === null ? null : viewJson(change.before) };
}

const stepsJson = (replay: Replay): Json => replay.steps.map(stepJson);

/** A finding with its counterexample. */
export function findingJson(f: Finding): Json {
  return { id: f.id, rule: f.rule, severity: f.severity, title: f.title, cause: f.cause, ways: f.causes, steps: stepsJson(f.replay), replay: formatToken(f.trace) };
}

/** `cbit.check/1`. */
export function checkJson(report: CheckReport): string {
  return print({
    schema: "cbit.check/1",
    kernel: report.kernel,
    policy: report.policy,
    ...(report.drivers === null ? {} : { drivers: report.drivers.map(({ device, source, reason }) => ({ device, source, ...(reason === null ? {} : { reason }) })) }),
    cases: report.cases.map((c) => ({
      machine: c.machine,
      device: c.device,
      verdict: c.verdict,
      complete: c.complete,
      states: c.states,
      sameAs: c.sameAs,
      reached: c.reached,
      ...(c.reason === null ? {} : { reason: c.reason }),
      findings: c.findings.map(findingJson),
    })),
    checkpoint: report.checkpoint?.path ?? null,
  });
}

/** `cbit.explain/1`. */
export function explainJson(report: ExplainReport): string {
  const { trace, replay } = report;
  return print({
    schema: "cbit.explain/1",
    found: true,
    id: report.id,
    rule: report.rule,
    cause: report.cause,
    kernel: trace.kernel,
    policy: trace.policy,
    machine: trace.machine,
    device: trace.device,
    workload: trace.workload,
    verdict: report.case?.verdict ?? null,
    complete: report.case?.complete ?? null,
    states: report.case?.states ?? null,
    steps: replay.steps.map((step) => ({
      ...stepJson(step),
      events: step.events.map((e) => ({ function: e.function, file: e.file, text: e.text })),
      changes: step.changes.map(changeJson),
      violations: step.violations.map((v) => ({ rule: v.rule, title: v.title, why: v.why.text, ref: v.why.ref, hint: v.hint })),
    })),
    views: (replay.steps[replay.steps.length - 1]?.views ?? []).map(viewJson),
    replay: formatToken(trace),
    reduced: report.reduced === null ? null : reducedJson(report.reduced),
  });
}

/** What a counterexample needs, and its short form. */
function reducedJson({ needs, irrelevant, simpler, trace }: ReducedTrace): Json {
  return { needs: needs.map(({ option, instead }) => ({ option, instead: instead.map((t) => ({ value: t.instead, outcome: t.outcome })) })), irrelevant, simpler, replay: formatToken(trace) };
}

/** `cbit.explain/1` for a finding that the case does not have. */
export function notFoundJson(report: NotFoundReport): string {
  const { case: c } = report;
  return print({
    schema: "cbit.explain/1",
    found: false,
    id: report.id,
    machine: c.machine,
    device: c.device,
    verdict: c.verdict,
    complete: c.complete,
    states: c.states,
    reason: c.reason,
    findings: report.others.map((f) => f.id),
  });
}

/** `cbit.list/1`. */
export function listJson(sections: readonly ListSection[]): string {
  return print({
    schema: "cbit.list/1",
    ...Object.fromEntries(sections.map((s) => [s.name, s.items.map((i) => ({ name: i.name, title: i.title, ...i.details }))])),
  });
}

/** `cbit.doctor/1`. */
export function doctorJson(report: DoctorReport): string {
  return print({
    schema: "cbit.doctor/1",
    checks: report.checks.map((c) => ({ name: c.name, ok: c.ok, neededBy: c.neededBy, found: c.found, package: c.package })),
    install: report.install,
  });
}

/** `cbit.tree/1`: the trees that are prepared, or the one that a command was about. */
export function treeJson(action: "prepared" | "list" | "forgotten", trees: readonly TreeEntry[]): string {
  return print({ schema: "cbit.tree/1", action, trees: trees.map((t) => ({ path: t.path, module: t.module, release: t.release, key: t.key, bytes: t.bytes })) });
}
