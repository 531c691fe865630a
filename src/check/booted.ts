// SPDX-License-Identifier: MIT
/** A case that has booted, ready to run orders of operations again and again. */

import type { Configuration, DriverProfile, Kernel, KernelFactory, Snapshot } from "../kernel/index.ts";
import { suited, type Workload } from "./workload.ts";

/** What it takes to run a trace again: a kernel and the state that it booted to. */
export interface Booted {
  readonly factory: KernelFactory;
  readonly kernel: Kernel;
  /** Null where the case is refused or not supported. */
  readonly start: Snapshot | null;
  readonly workload: Workload;
}

/** Boots a case, with the workload as far as driver and machine can take part. */
export function boot(factory: KernelFactory, configuration: Configuration, driver: DriverProfile, workload: Workload): Booted {
  const kernel = factory.create(configuration, driver);
  return { factory, kernel, start: kernel.boot.status === "ready" ? kernel.save() : null, workload: suited(workload, driver, configuration) };
}
