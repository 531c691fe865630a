// SPDX-License-Identifier: MIT
/** What a search or a replay is of. */

import { CbitError, EXIT } from "../base/index.ts";
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

/** Boots a subject for a trace, which then names what it runs on. @throws CbitError (CBIT-301) where it does not boot */
export function tracedOn(subject: Subject, trace: Trace): TracedSubject {
  const { factory, configuration, driver } = subject;
  const kernel = factory.create(configuration, driver);
  if (kernel.boot.status !== "ready") {
    throw new CbitError({
      code: "CBIT-301",
      exit: EXIT.unsupported,
      message: `${driver.name}@${configuration.name} is ${kernel.boot.status} on ${factory.name}: ${kernel.boot.reason}`,
      hint: "The token cannot be replayed there.",
    });
  }
  return { ...subject, kernel, trace: { ...trace, kernel: factory.name, policy: factory.policy, machine: configuration.name } };
}
