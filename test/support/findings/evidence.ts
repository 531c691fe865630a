// SPDX-License-Identifier: MIT
/** What a kernel source shows of the entries of known-causes.ts: kept counterexamples again, litmus files, probes, suites. */

import { readdirSync, readFileSync } from "node:fs";
import { boot } from "../../../src/check/booted.ts";
import { type Finding, findingOf } from "../../../src/check/findings.ts";
import { parseToken, RULES } from "../../../src/check/index.ts";
import { driverNamed, machineNamed } from "../../../src/cli/named.ts";
import type { KernelFactory } from "../../../src/kernel/index.ts";
import { DEFAULT_POLICY, DRIVERS } from "../../../src/linux/index.ts";
import { deviceSpec, onOtherKernel, parseLitmus, prepareLitmus, type RunResult, workloadNamed } from "../../../src/scenarios/index.ts";
import { briefMachines } from "../../../src/report/grid.ts";
import { cbit, parsed } from "../cbit.ts";
import type { FactoryFor } from "./kernels.ts";
import type { FoundCause } from "./gather.ts";
import type { FailedProbe, SuiteFinding } from "./known-causes.ts";
import type { OlderStory } from "./page.ts";

/** Runs a kept counterexample. @throws InternalError where its last step does not break the rule */
export async function replayed(factoryFor: FactoryFor, { rule, token }: FoundCause): Promise<Finding> {
  const { machine, device, workload: name, operations } = parseToken(token);
  const workload = workloadNamed(name);
  const booted = boot(await factoryFor(workload), machineNamed(machine), driverNamed(device, DRIVERS), workload);
  return findingOf(booted, RULES.find((r) => r.id === rule)!, operations, 1, 1);
}

/** The runs of a litmus file that tell of Linux 6.12 as it is. */
export async function litmusRuns(factory: KernelFactory, file: string): Promise<RunResult[]> {
  const litmus = onOtherKernel(parseLitmus(file, readFileSync(file, "utf8")), { kernel: "tree", release: "6.12", policy: DEFAULT_POLICY });
  const { cases } = await prepareLitmus(litmus, { kernel: () => Promise.resolve(factory), device: (spec) => deviceSpec(spec, (known) => driverNamed(known, DRIVERS)) });
  return cases.map((run) => run());
}

/** Litmus files of the corpus (B01 to S5) that break a rule on the source. */
export async function olderStories(factory: KernelFactory): Promise<OlderStory[]> {
  const stories: OlderStory[] = [];
  for (const name of readdirSync("litmus").filter((f) => f.endsWith(".litmus")).sort()) {
    const file = `litmus/${name}`;
    const runs = await litmusRuns(factory, file);
    if (runs.some((run) => run.broken.length > 0)) stories.push({ file, title: parseLitmus(file, readFileSync(file, "utf8")).title, runs });
  }
  return stories;
}

/** How a device's probe ends; "ready" where it does not fail. */
export function probeOutcome(factory: KernelFactory, { device, machine }: FailedProbe): string {
  const { boot: outcome } = factory.create(machineNamed(machine), driverNamed(device, DRIVERS));
  return outcome.status === "ready" ? "ready" : `${outcome.status}: ${outcome.reason}`;
}

interface KunitReport {
  readonly machines: readonly { readonly machine: string; readonly suites: readonly { readonly name: string; readonly tests: readonly { readonly name: string; readonly alone?: string }[] }[] }[];
  readonly differences: readonly { readonly suite: string; readonly test: string; readonly outcomes: readonly { readonly outcome: string; readonly machines: readonly string[] }[] }[];
}

/** One line for each test of the suites that comes to something else on some machines, or alone. @throws where the suites do not run */
export function suiteLines(source: string, cacheDirectory: string, { glob, shows }: SuiteFinding): string[] {
  const { exit, out, err } = cbit(["kunit", source, glob, ...(shows === "differences" ? ["--machine", "all"] : []), "--json"], { CBIT_CACHE: cacheDirectory });
  if (exit !== 0 && exit !== 1) throw new Error(`cbit kunit ${glob}: exit ${exit}: ${err}`);
  const { machines, differences } = parsed<KunitReport>(out);
  if (shows === "differences") return differences.map((d) => `${d.suite}.${d.test}: ${d.outcomes.map((o) => `${o.outcome} on ${briefMachines(o.machines).join(" ")}`).join("; ")}`);
  return machines.flatMap((m) => m.suites.flatMap((s) => s.tests.flatMap((t) => (t.alone === undefined ? [] : [`${s.name}.${t.name}: ${t.alone}`]))));
}
