// SPDX-License-Identifier: MIT
export * from "./litmus/index.ts";
export * from "./files/index.ts";
export * from "./machine-options.ts";
export { cellClass } from "./cell-class.ts";
export { COST_SCRIPT, costCases, type CostRun, runCosts } from "./costs.ts";
export * from "./machines.ts";
export * from "./matrix.ts";
export { type Need, type OptionTrial, reduceCase, type Reduction } from "./reduce-options.ts";
export * from "./workloads/index.ts";
