// SPDX-License-Identifier: MIT
/** All driver profiles, in the order in which lists show them. */

import type { DriverProfile } from "../../kernel/index.ts";
import { amdgpuGfx10, amdgpuGfx11, amdgpuGfx12, amdgpuGfx6, amdgpuGfx7, amdgpuGfx8, amdgpuGfx9, amdgpuGfx943, amdgpuRaven } from "./amdgpu.ts";
import { i915Dg2, i915Gen2, i915Gen3, i915Gen5, i915Gen6, i915Gen8, i915I965 } from "./i915.ts";
import { loongson } from "./loongson.ts";
import { qxl, vramHelper } from "./no-dma.ts";
import { nouveauNv04, nouveauNv41, nouveauNv50, nouveauPascal } from "./nouveau.ts";
import { radeonPci, radeonPcie } from "./radeon.ts";
import { vmwgfx, vmwgfxRestricted } from "./vmwgfx.ts";
import { xe, xePvc, xeXelp } from "./xe.ts";

/** The devices that cbit knows: the TTM drivers of Linux 6.12 by generation. */
export const DRIVERS: readonly DriverProfile[] = [
  amdgpuGfx6, amdgpuGfx7, amdgpuGfx8, amdgpuGfx9, amdgpuGfx943, amdgpuGfx10, amdgpuGfx11, amdgpuGfx12, amdgpuRaven,
  radeonPcie, radeonPci,
  nouveauNv04, nouveauNv41, nouveauNv50, nouveauPascal,
  vmwgfx, vmwgfxRestricted,
  qxl,
  xeXelp, xe, xePvc,
  i915Gen2, i915Gen3, i915I965, i915Gen5, i915Gen6, i915Gen8, i915Dg2,
  vramHelper,
  loongson,
];
