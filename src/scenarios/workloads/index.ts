// SPDX-License-Identifier: MIT
/** All built-in workloads. */

import { CbitError, EXIT, nearest } from "../../base/index.ts";
import type { Workload } from "../../check/index.ts";
import { ttmBuffer } from "./ttm-buffer.ts";

export const WORKLOADS: readonly Workload[] = [ttmBuffer];

/** What `cbit check` runs. */
export const DEFAULT_WORKLOAD: Workload = ttmBuffer;

/** The workload of a name. @throws CbitError (CBIT-105) that names the nearest */
export function workloadNamed(name: string): Workload {
  const found = WORKLOADS.find((w) => w.name === name);
  if (found !== undefined) return found;
  throw new CbitError({
    code: "CBIT-105",
    exit: EXIT.usage,
    message: `unknown workload "${name}"; nearest: ${nearest(name, WORKLOADS.map((w) => w.name)).join(", ")}`,
    hint: "`cbit list workloads` shows all.",
  });
}
