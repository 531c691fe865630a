// SPDX-License-Identifier: MIT
/** A case in which the kernel behaves as in another that was searched: its result without a search of its own. */

import { InternalError } from "../base/index.ts";
import type { Configuration, DriverProfile, KernelFactory } from "../kernel/index.ts";
import type { Booted } from "./booted.ts";
import type { CaseResult } from "./case.ts";
import { bootFindings, caseId, findingOf, inOrder } from "./findings.ts";
import { RULES } from "./rules/index.ts";
import type { Workload } from "./workload.ts";

/**
 * The result of a case whose effective key is that of `searched`. Its counterexamples run again on a kernel of its own, so that
 * ids, names and texts are this case's.
 * @throws InternalError where a counterexample does not show the same here: then the keys are wrong
 */
export function twinCase(factory: KernelFactory, configuration: Configuration, driver: DriverProfile, workload: Workload, searched: CaseResult): CaseResult {
  const kernel = factory.create(configuration, driver);
  const sameAs = caseId(searched.device, searched.machine);
  const id = caseId(driver.name, configuration.name);
  if (kernel.boot.status !== "ready") throw new InternalError(`${id} should be the same as ${sameAs}, and does not boot: ${kernel.boot.reason}`);
  const booted: Booted = { factory, kernel, start: kernel.save(), workload };
  const atBoot = bootFindings(booted);
  const later = searched.findings.filter((f) => f.trace.operations.length > 0).map((f) => findingOf(booted, RULES.find((r) => r.id === f.rule)!, f.trace.operations, f.number, f.causes));
  // What boot comes to goes by the device's name, not by what the kernel does for it.
  const verdict = atBoot.some((f) => f.severity === "error") ? "broken" : searched.verdict;
  return { ...searched, machine: configuration.name, device: driver.name, verdict, states: 0, search: null, findings: inOrder([...atBoot, ...later]), sameAs };
}
