// SPDX-License-Identifier: MIT
/** `cbit.compare/2`: two kernels, or all policies. */

import { type CaseResult, CHANGES, errorsOf, formatStep, formatToken } from "../check/index.ts";
import type { CompareReport, PoliciesReport } from "./reports.ts";
import { type Json, print } from "./json-print.ts";

function sideJson(result: CaseResult, explain: (id: string) => string): Json {
  return {
    verdict: result.verdict,
    complete: result.complete,
    ...(result.reason === null ? {} : { reason: result.reason }),
    findings: errorsOf(result).map((f) => ({
      id: f.id,
      rule: f.rule,
      title: f.title,
      cause: f.cause,
      steps: f.trace.operations.map(formatStep),
      replay: formatToken(f.trace),
      explain: explain(f.id),
    })),
  };
}

/** `cbit.compare/2` with `mode` "kernels". */
export function compareJson(report: CompareReport): string {
  return print({
    schema: "cbit.compare/2",
    mode: "kernels",
    before: { kernel: report.before.kernel, policy: report.before.policy },
    after: { kernel: report.after.kernel, policy: report.after.policy },
    ...(report.patched === null ? {} : { patched: { ...report.patched, patches: report.patched.patches.map((p) => ({ ...p })) } }),
    workload: report.workload,
    summary: Object.fromEntries(CHANGES.map((change) => [change, report.cases.filter((c) => c.change === change).length])),
    cases: report.cases.map((c) => ({ machine: c.machine, device: c.device, change: c.change, before: sideJson(c.before, (id) => report.explain(id, "before")), after: sideJson(c.after, (id) => report.explain(id, "after")) })),
  });
}

/** `cbit.compare/2` with `mode` "policies". */
export function policiesJson(report: PoliciesReport): string {
  const { kernel, workload, reference, policies } = report;
  return print({
    schema: "cbit.compare/2",
    mode: "policies",
    kernel,
    workload,
    reference,
    cells: report.cells,
    brokenUnderAll: report.brokenUnderAll,
    policies: policies.map((p) => ({ ...p })),
    differences: report.groups.map((group) => ({
      outcomes: Object.fromEntries(policies.map((p, i) => [p.policy, group[0]!.outcomes[i]!])),
      cells: group.map((cell) => ({
        machine: cell.machine,
        device: cell.device,
        class: report.classOf(cell.device, cell.machine),
        findings: Object.fromEntries(policies.map((p, i) => [p.policy, errorsOf(cell.results[i]!).map((f) => f.id)])),
      })),
    })),
    costs: { script: report.script, cases: report.costs.map((t) => ({ machine: t.machine, device: t.device, policies: t.rows.map((r) => ({ ...r, costs: r.costs === null ? null : { ...r.costs } })) })) },
  });
}
