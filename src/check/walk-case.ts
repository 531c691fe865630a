// SPDX-License-Identifier: MIT
/** Random walks through one case, for configurations that are too large to search. */

import type { Configuration, DriverProfile, KernelFactory } from "../kernel/index.ts";
import { boot, type Booted } from "./booted.ts";
import { walk, type WalkFound, type WalkPlan, type WalkResult } from "./explorer/walk.ts";
import { bootFindings, type Finding, findingOf, grouped, inOrder, numbered } from "./findings.ts";
import { KernelSpace, ruleOfKey } from "./kernel-space.ts";
import { reduceTrace } from "./reduce/reduce.ts";
import { RULES } from "./rules/index.ts";
import { sometimesText } from "./sometimes/property.ts";
import type { Workload } from "./workload.ts";

/** What became of walks: they never say that a case holds. */
export type WalkVerdict = "broken" | "no verdict" | "unsupported" | "refused";

export interface WalkCase {
  readonly machine: string;
  readonly device: string;
  readonly workload: string;
  readonly verdict: WalkVerdict;
  readonly plan: Pick<WalkPlan, "walks" | "depth" | "seed">;
  /** What the walks came to; null where the case did not boot. */
  readonly walked: Omit<WalkResult, "found"> | null;
  /** Why the case, or a part of its workload, is unsupported or refused; null elsewhere. */
  readonly reason: string | null;
  /** One for each rule and root cause, reduced: no operation of it can be left out, but a shorter order may exist. */
  readonly findings: readonly Finding[];
  /** Properties of the workload that the walks reached and that they did not. */
  readonly reached: readonly string[];
  readonly missed: readonly string[];
}

/** For each rule and each root cause the shortest order that a walk met, reduced. */
function findingsOf(booted: Booted, found: readonly WalkFound[]): Finding[] {
  return RULES.flatMap((rule) => {
    const mine = found.filter((f) => ruleOfKey(RULES, f.key).rule === rule).sort((a, b) => a.path.length - b.path.length);
    const all = grouped(mine.map(({ path }) => findingOf(booted, rule, path.map((action) => booted.workload.actions[action]!.operation), 1, 1)));
    const reduced = all.map(({ trace, number, causes }) => findingOf(booted, rule, reduceTrace(booted, rule.id, trace.operations), number, causes));
    // Numbers go by length, and reducing changes that.
    return reduced.sort((a, b) => a.trace.operations.length - b.trace.operations.length).map((f, i) => numbered(f, i + 1));
  });
}

/** Walks through one case at random. The same plan gives the same findings, unless it is stopped. */
export function walkCase(factory: KernelFactory, configuration: Configuration, driver: DriverProfile, workload: Workload, plan: WalkPlan): WalkCase {
  const booted = boot(factory, configuration, driver, workload);
  const { kernel } = booted;
  const atBoot = bootFindings(booted);
  const { walks, depth, seed } = plan;
  const about = { machine: configuration.name, device: driver.name, workload: workload.name, plan: { walks, depth, seed } };
  if (kernel.boot.status !== "ready") {
    const { status, reason } = kernel.boot;
    return { ...about, verdict: atBoot.length > 0 ? "broken" : status, walked: null, reason, findings: atBoot, reached: [], missed: [] };
  }
  const space = new KernelSpace(kernel, booted.workload, RULES);
  const { found, ...walked } = walk(space, plan);
  const seen = new Set(space.reached.reached);
  const { sometimes } = booted.workload;
  const findings = inOrder([...atBoot, ...findingsOf(booted, found)]);
  const broken = findings.some((f) => f.severity === "error");
  return {
    ...about,
    verdict: broken ? "broken" : space.unsupported === null ? "no verdict" : "unsupported",
    walked,
    reason: space.unsupported,
    findings,
    reached: sometimes.filter((s) => seen.has(s)).map(sometimesText),
    missed: sometimes.filter((s) => !seen.has(s)).map(sometimesText),
  };
}
