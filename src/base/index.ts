// SPDX-License-Identifier: MIT
export * from "./address.ts";
export * from "./bits.ts";
export * from "./errors.ts";
export * from "./nearest.ts";
export * from "./rng.ts";
export * from "./shell-word.ts";
export * from "./touched.ts";
export * from "./words.ts";
