// SPDX-License-Identifier: MIT
/** The modules that can be made from a tree. */

import { type Architecture, architecture } from "../architectures.ts";
import { CONTRACT } from "./contract.ts";
import { CONTRACT_ARM64 } from "./contract-arm64.ts";
import { DRIVER_MODULES } from "./drivers.ts";
import { KUNIT_DRM, KUNIT_DRM_ARM64, KUNIT_LIB, KUNIT_LIB_ARM64, KUNIT_TTM, KUNIT_TTM_ARM64 } from "./kunit.ts";
import type { ModuleSpec } from "./module-spec.ts";

export { CONTRACT } from "./contract.ts";
export { CONTRACT_ARM64 } from "./contract-arm64.ts";
export { DRIVER_MODULES, type DriverModule } from "./drivers.ts";
export { KUNIT_DRM, KUNIT_DRM_ARM64, KUNIT_LIB, KUNIT_LIB_ARM64, KUNIT_TTM, KUNIT_TTM_ARM64 } from "./kunit.ts";
export type { GlueFolder, ModuleSpec, SliceFile } from "./module-spec.ts";

/** The architecture that a module of this name is compiled for. */
export function architectureOf(name: string): Architecture {
  return architecture(MODULES.find((module) => module.name === name)?.arch ?? CONTRACT.arch);
}

/** The modules with the generic driver, one for each architecture. */
export const CONTRACTS: readonly ModuleSpec[] = [CONTRACT, CONTRACT_ARM64];

export const MODULES: readonly ModuleSpec[] = [...CONTRACTS, ...DRIVER_MODULES, KUNIT_TTM, KUNIT_TTM_ARM64, KUNIT_DRM, KUNIT_DRM_ARM64, KUNIT_LIB, KUNIT_LIB_ARM64];
