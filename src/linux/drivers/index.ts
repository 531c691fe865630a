// SPDX-License-Identifier: MIT
/** All driver profiles, in the order in which lists show them. */

import type { DriverProfile } from "../../kernel/index.ts";
import { amdgpuGfx9, amdgpuGfx943 } from "./amdgpu.ts";
import { nouveauPascal } from "./nouveau.ts";
import { vmwgfx } from "./vmwgfx.ts";
import { xe } from "./xe.ts";

export const DRIVERS: readonly DriverProfile[] = [amdgpuGfx9, amdgpuGfx943, nouveauPascal, vmwgfx, xe];
