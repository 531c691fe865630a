// SPDX-License-Identifier: MIT
/** The real kernel as WebAssembly: prepare a tree, then create kernels from it. */

export { type ModuleLeft } from "./drivers.ts";
export { type Manifest, type PreparedTree } from "./build/prepare.ts";
export { inspectSource } from "./build/source.ts";
export { type AppliedPatch } from "./patch/apply.ts";
export { type PatchedTree, type PatchOutcome, type PrepareOptions, prepareTree } from "./patch/prepare-tree.ts";
export { type PreparedModules, prepareModules, type WantedKernels } from "./prepare-modules.ts";
export { statsOnce } from "./build/stats-once.ts";
export { BEST_LLVM, LLVM_PACKAGES, LLVM_PROGRAMS, llvmSuffixes, OTHER_PROGRAMS, usableClang } from "./build/toolchain.ts";
export { forgetTree, listTrees } from "./build/trees.ts";
export { inventory, type Inventory } from "./inventory.ts";
export { driverModuleOf, storyDevices } from "./drivers.ts";
export * from "./host.ts";
export { createTreeFactory, type DriverFacts, driverFacts, type PreparedModule } from "./kernel.ts";
export { findSuites } from "./kunit/find-suites.ts";
export { parseKtap, type KtapResult } from "./kunit/ktap.ts";
export { type KunitRun, runKunit } from "./kunit/machines.ts";
export { KunitSession } from "./kunit/session.ts";
export { groupsOf, machinesByModule, SUITE_GROUPS, type SuiteGroup, TestFilter } from "./kunit/suites.ts";
export { lowerMemory64 } from "./build/memory64.ts";
export { ASM_FORMS, lowerModule } from "./lower/module.ts";
export { SHIMS, type Shim } from "./services/shims.ts";
export { SERVICES } from "./services/table.ts";
export { CONTRACT, CONTRACT_ARM64, DRIVER_MODULES, type DriverModule, type GlueFolder, MODULES, type ModuleSpec, type SliceFile } from "./modules/index.ts";
