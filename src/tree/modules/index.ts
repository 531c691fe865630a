// SPDX-License-Identifier: MIT
/** The modules that can be made from a tree. */

import { CONTRACT } from "./contract.ts";
import { DRIVER_MODULES } from "./drivers.ts";
import type { ModuleSpec } from "./module-spec.ts";

export { CONTRACT } from "./contract.ts";
export { DRIVER_MODULES, type DriverModule } from "./drivers.ts";
export type { GlueFolder, ModuleSpec, SliceFile } from "./module-spec.ts";

export const MODULES: readonly ModuleSpec[] = [CONTRACT, ...DRIVER_MODULES];
