// SPDX-License-Identifier: MIT
export * from "./agents.ts";
export * from "./case.ts";
export { KernelSpace, ruleOfKey } from "./kernel-space.ts";
export * from "./oracle.ts";
export * from "./replay.ts";
export { attributePhrase, disagreeingViews, viewPhrase } from "./rules/alias-attribute.ts";
export { RULES } from "./rules/index.ts";
export { resultPhrase } from "./rules/mapping-failed.ts";
export * from "./rules/rule.ts";
export * from "./search.ts";
export * from "./state-store.ts";
export * from "./trace.ts";
export * from "./workload.ts";
