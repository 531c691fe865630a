// SPDX-License-Identifier: MIT
/** Findings of many cases, by rule and root cause: the shortest counterexample of each, and where it was found. */

import { type CaseOptions, type Finding, formatToken, type RuleId, type Severity, type Trace, type Workload } from "../../../src/check/index.ts";
import type { Configuration, DriverProfile, KernelFactory } from "../../../src/kernel/index.ts";
import { type CaseProgress, checkMatrix } from "../../../src/scenarios/index.ts";

/** What stands for the kernel source in tokens that are kept: `--kernel tree:FOLDER` names it. */
export const KEPT_KERNEL = "tree:PATH";

/** One root cause, as it is kept in findings.json. */
export interface FoundCause {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly cause: string;
  readonly workloads: readonly string[];
  /** By machine, the devices that have it: "amdgpu-gfx6 xe". */
  readonly cells: Readonly<Record<string, string>>;
  /** The shortest counterexample of all cases, the first of equal ones. */
  readonly token: string;
}

/** What was found so far of one root cause. */
interface Open {
  readonly workloads: Set<string>;
  readonly cells: Map<string, Set<string>>;
  shortest: Finding;
}

export const causeKey = ({ rule, cause }: Pick<FoundCause, "rule" | "cause">): string => `${rule}: ${cause}`;

/** A token that names no folder. */
export const keptToken = (trace: Trace): string => formatToken({ ...trace, kernel: KEPT_KERNEL });

/** Collects findings of matrices. */
export class Gathering {
  private readonly causes = new Map<string, Open>();
  private readonly machines: readonly string[];
  private readonly devices: readonly string[];

  /** @param machines in the order in which cells are kept, as devices are */
  constructor(machines: readonly Configuration[], devices: readonly DriverProfile[]) {
    this.machines = machines.map((m) => m.name);
    this.devices = devices.map((d) => d.name);
  }

  add(finding: Finding): void {
    const { machine, device, workload, operations } = finding.trace;
    const key = causeKey(finding);
    let open = this.causes.get(key);
    if (open === undefined) this.causes.set(key, (open = { workloads: new Set(), cells: new Map(), shortest: finding }));
    if (operations.length < open.shortest.trace.operations.length) open.shortest = finding;
    open.workloads.add(workload);
    const devices = open.cells.get(machine);
    if (devices === undefined) open.cells.set(machine, new Set([device]));
    else devices.add(device);
  }

  /** Searches every machine with every device. */
  run(factory: KernelFactory, machines: readonly Configuration[], drivers: readonly DriverProfile[], workload: Workload, options: CaseOptions, progress?: CaseProgress): void {
    for (const { findings } of checkMatrix(factory, machines, drivers, workload, options, progress).cases) findings.forEach((f) => this.add(f));
  }

  /** The root causes by rule and name, whatever the order of discovery. */
  found(): FoundCause[] {
    return [...this.causes]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { shortest: f, workloads, cells }]) => ({
        rule: f.rule,
        severity: f.severity,
        cause: f.cause,
        workloads: [...workloads],
        cells: Object.fromEntries(this.machines.filter((m) => cells.has(m)).map((m) => [m, this.devices.filter((d) => cells.get(m)!.has(d)).join(" ")])),
        token: keptToken(f.trace),
      }));
  }
}

/** The cases that a root cause was found in. */
export function placesOf({ cells }: FoundCause): { readonly device: string; readonly machine: string }[] {
  return Object.entries(cells).flatMap(([machine, devices]) => devices.split(" ").map((device) => ({ device, machine })));
}
