// SPDX-License-Identifier: MIT
/** Litmus files on another kernel than they name: the runs that tell of the same release, as it is. */

import type { Litmus } from "./litmus.ts";

/** Which runs another kernel can stand in for. */
export interface StandIn {
  /** "tree:PATH". */
  readonly kernel: string;
  /** Of runs of "model:RELEASE", without changes added or taken away. */
  readonly release: string;
  /** The policy that such a kernel has by itself: runs that name another one are left out. */
  readonly policy: string;
}

/** The file with the runs that the other kernel can do, on it. */
export function onOtherKernel(litmus: Litmus, { kernel, release, policy }: StandIn): Litmus {
  const runs = litmus.runs.filter((run) => run.kernel === `model:${release}` && (run.policy ?? policy) === policy);
  return { ...litmus, runs: runs.map((run) => ({ ...run, kernel, policy: null })) };
}
