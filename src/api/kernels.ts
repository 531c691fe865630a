// SPDX-License-Identifier: MIT
/** Kernels of the library: the model of Linux, under a policy. */

import type { KernelFactory } from "../kernel/index.ts";
import { createModelFactory, DEFAULT_POLICY, ownPolicy, type Policy, type PolicySource } from "../linux/index.ts";

/** The release that everything runs on where none is named. */
const DEFAULT_RELEASE = "6.12";

/** Its name. */
export const DEFAULT_KERNEL: string = `model:${DEFAULT_RELEASE}`;

/** How the model maps pages. */
export interface ModelOptions {
  /** How TTM picks the protection of its mappings: a name of `POLICIES`, or what `policy` made. Linux's own where it is left out. */
  readonly policy?: string | Policy;
}

/**
 * The model of a Linux release.
 * @param release "6.1", "6.12" or "proposed", also with single changes switched: "6.12-71ce046327cf"; "model:" may stand before it
 * @throws CbitError: CBIT-103 for a release or change, CBIT-104 for a policy that is not known
 */
export function model(release: string = DEFAULT_RELEASE, options: ModelOptions = {}): KernelFactory {
  return createModelFactory({ release: release.replace(/^model:/, ""), policy: options.policy ?? DEFAULT_POLICY });
}

/**
 * A mapping policy of your own (docs/guide/write-a-policy.md).
 * @param name what reports, ids and tokens call it
 * @throws CbitError: CBIT-135 for what is no policy, CBIT-136 where its own code fails, now or later
 */
export function policy(name: string, source: PolicySource): Policy {
  return ownPolicy(name, source);
}

/** The options that name a kernel on the command line, as far as a name does; empty for Linux 6.12 as it is. */
export function kernelWords({ name, policy: chosen }: KernelFactory): string[] {
  return [...(name === DEFAULT_KERNEL ? [] : ["--kernel", name]), ...(chosen === null || chosen === DEFAULT_POLICY ? [] : ["--policy", chosen])];
}
