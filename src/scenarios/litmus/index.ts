// SPDX-License-Identifier: MIT
/** Litmus files: reading them, running them. */

export { deviceSpec } from "./devices.ts";
export type { Litmus, Run } from "./litmus.ts";
export { onOtherKernel, type StandIn } from "./other-kernel.ts";
export { parseLitmus } from "./parse.ts";
export { type Broken, type Catalogue, type Difference, type Prepared, prepareLitmus, type RunResult, type ToldStep } from "./run.ts";
