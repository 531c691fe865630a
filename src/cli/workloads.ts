// SPDX-License-Identifier: MIT
/** `--workload`, `--buffers` and `--pages`: what is tried in every order, and on how much. */

import type { Workload } from "../check/index.ts";
import { scaled, workloadNamed } from "../scenarios/index.ts";
import { usageError } from "./failure.ts";

/** The workload of a name, in the size that the options ask for. @throws CbitError (CBIT-105, CBIT-110) */
export function workloadOf(name: string, { buffers, pages }: { readonly buffers?: number; readonly pages?: number }): Workload {
  const workload = workloadNamed(name);
  if (buffers === undefined && pages === undefined) return workload;
  if (name.includes(",")) throw usageError(`--workload ${name} says how many buffers and pages there are; --buffers and --pages do too`, "Say it once.");
  return scaled(workload, { buffers, pages });
}
