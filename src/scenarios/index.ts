// SPDX-License-Identifier: MIT
export * from "./litmus/index.ts";
export * from "./machine-options.ts";
export * from "./machines.ts";
export * from "./matrix.ts";
export * from "./workloads/index.ts";
