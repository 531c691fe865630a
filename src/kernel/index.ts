// SPDX-License-Identifier: MIT
export * from "./configuration.ts";
export * from "./coverage.ts";
export * from "./driver-profile.ts";
export * from "./errno.ts";
export * from "./frames.ts";
export * from "./kernel.ts";
export * from "./mappings.ts";
export * from "./observations.ts";
export * from "./operation-specs.ts";
export * from "./operations.ts";
export type * from "./symmetry.ts";
export * from "./tokens.ts";
export * from "./kunit-results.ts";
