// SPDX-License-Identifier: MIT
export * from "./machines.ts";
export * from "./matrix.ts";
export * from "./workloads/index.ts";
