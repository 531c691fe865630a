// SPDX-License-Identifier: MIT
/** Which values go with which option and argument. */

import { plainly, type Values } from "./candidate.ts";
import { SHELLS } from "./scripts.ts";
import { anyFile, devices, findingIds, folders, kernels, litmusFiles, lists, machines, modules, patches, policies, preparedTrees, suites, workloads } from "./values.ts";

/** What options take, by name; null for numbers and tokens, which nobody can guess. A test looks that none is missing. */
export const OPTION_VALUES: Readonly<Record<string, Values | null>> = {
  "--kernel": kernels,
  "--patch": patches,
  "--policy": policies,
  "--machine": machines,
  "--device": devices,
  "--workload": workloads,
  "--output": anyFile,
  "--checkpoint": anyFile,
  "--resume": anyFile,
  "--module": modules,
  "--replay": null,
  "--buffers": null,
  "--pages": null,
  "--states": null,
  "--depth": null,
  "--time": null,
  "--memory": null,
  "--workers": null,
  "--random": null,
  "--seed": null,
};

/** What arguments take, by command; the last one goes on for those that may be repeated. */
export const ARGUMENT_VALUES: Readonly<Record<string, readonly Values[]>> = {
  "cbit explain": [findingIds],
  "cbit run": [litmusFiles],
  "cbit compare": [kernels],
  "cbit kunit": [folders, suites],
  "cbit list": [lists],
  "cbit tree prepare": [folders],
  "cbit tree services": [folders],
  "cbit tree forget": [preparedTrees],
  "cbit doctor": [folders],
  "cbit completion": [() => plainly(SHELLS)],
};
