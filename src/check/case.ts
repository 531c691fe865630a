// SPDX-License-Identifier: MIT
/** One case: a kernel's factory, a machine, a device and a workload in; a verdict with its findings out. */

import type { Configuration, DriverProfile, KernelFactory } from "../kernel/index.ts";
import { boot } from "./booted.ts";
import { bootFindings, caseId, type Finding, findingsOf, inOrder } from "./findings.ts";
import { KernelSpace } from "./kernel-space.ts";
import { RULES } from "./rules/index.ts";
import type { Bounds } from "./explorer/bounds.ts";
import type { SearchOptions, SearchResult } from "./explorer/options.ts";
import { search } from "./explorer/search.ts";
import type { Space } from "./explorer/space.ts";
import { sometimesText } from "./sometimes/property.ts";
import type { ReachedData } from "./sometimes/reached.ts";
import { underSymmetry } from "./sometimes/symmetry.ts";
import { assertNotVacuous } from "./sometimes/vacuous.ts";
import type { Workload } from "./workload.ts";

/**
 * `holds`: the search was complete and found nothing. `broken`: it found something. `bounded`: it found nothing and
 * was not complete. `refused`: kernel or driver decline the configuration. `unsupported`: we can say nothing of it.
 */
export type Verdict = "holds" | "broken" | "bounded" | "unsupported" | "refused";

/** Enough for every built-in workload to reach its fixpoint. */
export const DEFAULT_BOUNDS: Bounds = { states: 200_000, depth: 64 };

/** What came of one case: its verdict, how complete it is, and its counterexamples. */
export interface CaseResult {
  readonly machine: string;
  readonly device: string;
  readonly verdict: Verdict;
  /** True where every order of the operations was tried. */
  readonly complete: boolean;
  readonly states: number;
  readonly bounds: Bounds;
  /** Why the case is unsupported or refused; null elsewhere. */
  readonly reason: string | null;
  readonly findings: readonly Finding[];
  /** What the search came to of what its workload is about (`Workload.sometimes`), in words; empty where nothing was searched. */
  readonly reached: readonly string[];
  /**
   * The case (`<device>@<machine>`) whose search stands for this one's, because the kernel behaves the same in both; null where this
   * one was searched itself. Then `states` is 0: they are counted there.
   */
  readonly sameAs: string | null;
  /** How the search went; null where there was none. */
  readonly search: SearchFacts | null;
}

/** What a search has to say of itself. */
export type SearchFacts = Omit<SearchResult, "states" | "complete" | "found"> & {
  /** What symmetry reduction left out although the workload treats it alike: "pages: WHY"; empty also without the reduction. */
  readonly notExchanged: readonly string[];
};

/** How a case is searched. */
export type CaseOptions = Omit<SearchOptions, "team">;

/** Boots a case in order to help another thread, which has the result, to search it. @returns the search, to be called with that thread's options and this one's end of the team */
export function assistCase(factory: KernelFactory, configuration: Configuration, driver: DriverProfile, workload: Workload): (options: SearchOptions) => void {
  const booted = boot(factory, configuration, driver, workload);
  const space = new KernelSpace(booted.kernel, booted.workload, RULES);
  return (options) => void search(space, options);
}

/**
 * Searches one case.
 * @throws CbitError (CBIT-302) where a complete search never came to what the workload is about
 */
export function checkCase(
  factory: KernelFactory,
  configuration: Configuration,
  driver: DriverProfile,
  workload: Workload,
  options: CaseOptions = { bounds: DEFAULT_BOUNDS },
): CaseResult {
  const booted = boot(factory, configuration, driver, workload);
  const { kernel } = booted;
  const atBoot = bootFindings(booted);
  const about = { machine: configuration.name, device: driver.name, bounds: options.bounds };
  if (kernel.boot.status !== "ready") {
    const { status, reason } = kernel.boot;
    return { ...about, verdict: atBoot.length > 0 ? "broken" : status, complete: false, states: 0, reason, findings: atBoot, reached: [], sameAs: null, search: null };
  }

  const space = new KernelSpace(kernel, booted.workload, RULES);
  const { states, complete: finished, found, ...facts } = search(space, options);
  const findings = inOrder([...atBoot, ...findingsOf(booted, found)]);
  const reason = space.unsupported;
  const complete = finished && reason === null;
  const broken = findings.some((f) => f.severity === "error");
  const verdict = broken ? "broken" : reason !== null ? "unsupported" : complete ? "holds" : "bounded";
  const seen = seenBy(space, booted.workload);
  if (complete) assertNotVacuous({ workload: booted.workload, seen, broken, independence: space.independence }, caseId(driver.name, configuration.name));
  return { ...about, verdict, complete, states, reason, findings, reached: seen.properties.map((n) => sometimesText(booted.workload.sometimes[n]!)), sameAs: null, search: { ...facts, notExchanged: options.symmetry === false ? [] : space.notExchanged } };
}

/** What a search has seen, with what it left to symmetry. */
function seenBy(space: KernelSpace, workload: Workload): ReachedData {
  const { symmetry }: Space = space;
  return symmetry === undefined ? space.reached.data : underSymmetry(workload, space.reached.data, symmetry.actions);
}
