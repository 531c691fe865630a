// SPDX-License-Identifier: MIT
/** What a search or a replay is of. */

import type { Trace, Workload } from "../check/index.ts";
import type { Configuration, DriverProfile, Kernel, KernelFactory } from "../kernel/index.ts";

/** One case: what boots, where, with which device, and what is tried. */
export interface Subject {
  readonly factory: KernelFactory;
  readonly configuration: Configuration;
  readonly driver: DriverProfile;
  readonly workload: Workload;
}

/** A case with a trace, and a kernel that is booted for it. */
export interface TracedSubject extends Subject {
  readonly trace: Trace;
  /** Nothing has run yet. */
  readonly kernel: Kernel;
}
