// SPDX-License-Identifier: MIT
/** The library's `comparePolicies`; `cbit compare --policies` stands on the same function. */

import { InternalError } from "../base/index.ts";
import { type CaseResult, distinguishing, formatStep, policyCells, tallyPolicies } from "../check/index.ts";
import type { Configuration, DriverProfile, KernelFactory } from "../kernel/index.ts";
import { DEFAULT_POLICY, POLICIES, type Policy } from "../linux/index.ts";
import { DEFAULT_STORIES, type PoliciesReport } from "../report/index.ts";
import { cellClass, COST_SCRIPT, costCases, POLICIES_WORKLOAD, runCosts } from "../scenarios/index.ts";
import { chosen, type Chosen, explainCommand, matrixOf, type Selection } from "./check.ts";
import { model } from "./kernels.ts";

/** A kernel under one policy. */
export interface PolicyKernel {
  readonly policy: string;
  readonly title: string;
  readonly factory: KernelFactory;
}

/** Which matrix all policies run over. */
export interface PoliciesSelection extends Selection {
  /** Linux's release; 6.12 where it is left out. */
  readonly release?: string;
  /** Policies of your own, beside the built-in ones. */
  readonly own?: readonly Policy[];
}

function classIn(machines: readonly Configuration[], devices: readonly DriverProfile[]): PoliciesReport["classOf"] {
  return (device, machine) => {
    const m = machines.find((c) => c.name === machine);
    const d = devices.find((p) => p.name === device);
    if (m === undefined || d === undefined) throw new InternalError(`compare: ${device}@${machine} is not in the matrix`);
    return cellClass(m, d);
  };
}

/** Puts the report of several policies together. @param runs each kernel with its cases */
export function policiesReport(runs: readonly (PolicyKernel & { readonly cases: readonly CaseResult[] })[], { machines, devices, workload }: Pick<Chosen, "machines" | "devices" | "workload">, stories: number): PoliciesReport {
  const cells = policyCells(runs);
  return {
    kernel: runs[0]!.factory.name,
    workload: workload.name,
    reference: DEFAULT_POLICY,
    policies: tallyPolicies(runs, cells, DEFAULT_POLICY).map((t, i) => ({ ...t, title: runs[i]!.title })),
    cells: cells.length,
    matrix: cells,
    subjects: { machines, devices },
    brokenUnderAll: cells.filter((c) => c.outcomes.every((o) => o === "broken")).length,
    groups: distinguishing(cells),
    script: COST_SCRIPT.map(formatStep),
    costs: costCases(machines, devices).map(([machine, device]) => ({ machine: machine.name, device: device.name, rows: runs.map(({ policy, factory }) => ({ policy, ...runCosts(factory, machine, device) })) })),
    stories,
    classOf: classIn(machines, devices),
    explain: (id, policy) => explainCommand(runs.find((r) => r.policy === policy)!.factory, workload, id),
  };
}

/**
 * Checks the same cases under every mapping policy: which holds where, and what it costs.
 * @throws CbitError as `check` does
 */
export function comparePolicies(selection: PoliciesSelection = {}): PoliciesReport {
  const { release, own = [], stories = DEFAULT_STORIES, progress } = selection;
  const what = chosen({ ...selection, workload: selection.workload ?? POLICIES_WORKLOAD });
  const runs = [...POLICIES, ...own].map((policy) => {
    const factory = model(release, { policy });
    return { policy: policy.name, title: policy.title, factory, cases: matrixOf(factory, what, progress).cases };
  });
  return policiesReport(runs, what, stories);
}
