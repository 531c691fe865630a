// SPDX-License-Identifier: MIT
/** What a policy costs: a fixed script of operations on a few machines and devices, and the kernel's counters behind it. */

import { resultPhrase } from "../check/index.ts";
import type { Configuration, Costs, DriverProfile, KernelFactory, Operation } from "../kernel/index.ts";

const buf = 0;
const page = 0;

/** One buffer of two pages, used by CPU, user space and device, given back; then another from TTM's pool, which is emptied. */
export const COST_SCRIPT: readonly Operation[] = [
  { op: "bo_create", buf, pages: 2 },
  { op: "bo_populate", buf },
  { op: "bo_vmap", buf },
  { op: "bo_fault", buf, page },
  { op: "cpu_write", buf, page, alias: "vmap", value: 1 },
  { op: "dev_read", buf, page },
  { op: "bo_vunmap", buf },
  { op: "bo_destroy", buf },
  { op: "bo_create", buf, pages: 2 },
  { op: "bo_populate", buf },
  { op: "bo_destroy", buf },
  { op: "pool_shrink" },
];

export interface CostRun {
  /** The counters over the whole script; null where the kernel does not count or has not booted. */
  readonly costs: Costs | null;
  /** Pages that the host can read while the buffer is in use, beyond those that it can read from boot on. */
  readonly sharedInUse: number;
  /** Where the script ended before its time, "bo_vmap: vmap returned -ENOMEM"; null where it did not. */
  readonly stopped: string | null;
  /** Operations that this kernel does not offer. */
  readonly skipped: readonly Operation["op"][];
}

/** Runs the script on one case. */
export function runCosts(factory: KernelFactory, machine: Configuration, driver: DriverProfile): CostRun {
  const kernel = factory.create(machine, driver);
  if (kernel.boot.status !== "ready") return { costs: null, sharedInUse: 0, stopped: `${kernel.boot.status}: ${kernel.boot.reason}`, skipped: [] };
  const atBoot = kernel.costs()?.sharedPages ?? 0;
  const skipped: Operation["op"][] = [];
  let sharedInUse = 0;
  kernel.resetCosts();
  for (const operation of COST_SCRIPT) {
    const result = kernel.apply(operation);
    if (result.outcome === "unsupported") skipped.push(operation.op);
    else if (result.outcome !== "done") return { costs: kernel.costs(), sharedInUse, stopped: `${operation.op}: ${resultPhrase(result)}`, skipped };
    sharedInUse = Math.max(sharedInUse, (kernel.costs()?.sharedPages ?? 0) - atBoot);
  }
  return { costs: kernel.costs(), sharedInUse, stopped: null, skipped };
}

/** Cases that show what a conversion costs: a guest with a device that needs one, a host whose device need not, streaming, another guest. */
const REPRESENTATIVE = [
  ["vmwgfx", "sev"],
  ["amdgpu-gfx9", "sme-zen2,iommu=off"],
  ["xe", "sev"],
  ["amdgpu-gfx9", "tdx"],
] as const;

/** The representative cases that are among those given; the first machine and device where none is. */
export function costCases(machines: readonly Configuration[], drivers: readonly DriverProfile[]): (readonly [Configuration, DriverProfile])[] {
  const found = REPRESENTATIVE.flatMap(([device, machine]) => {
    const m = machines.find((c) => c.name === machine);
    const d = drivers.find((p) => p.name === device);
    return m === undefined || d === undefined ? [] : [[m, d] as const];
  });
  return found.length > 0 ? found : [[machines[0]!, drivers[0]!]];
}
