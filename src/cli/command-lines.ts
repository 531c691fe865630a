// SPDX-License-Identifier: MIT
/** Command lines that reports suggest. */

import { shellWord } from "../base/index.ts";
import type { Workload } from "../check/index.ts";
import type { KernelFactory } from "../kernel/index.ts";
import { DEFAULT_WORKLOAD } from "../scenarios/index.ts";
import { kernelOptions } from "./kernels.ts";

/** The options that name what is not the default: kernel, policy and workload. */
export function caseOptions(factory: KernelFactory, workload: Workload): string[] {
  return [...kernelOptions(factory), ...(workload === DEFAULT_WORKLOAD ? [] : ["--workload", workload.name])];
}

/** The command that explains a finding. */
export function explainCommand(factory: KernelFactory, workload: Workload, id: string): string {
  return ["cbit", "explain", id, ...caseOptions(factory, workload)].map(shellWord).join(" ");
}
