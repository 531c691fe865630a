// SPDX-License-Identifier: MIT
/** What a kernel is booted on and with. */

import type { IommuMode, Platform } from "../machine/index.ts";

/** The kernel's `swiotlb=` boot parameter. Ref: Documentation/admin-guide/kernel-parameters.txt. */
export type SwiotlbParameter = "default" | "force" | "noforce";

/** A machine and the boot parameters that matter on it. */
export interface Configuration {
  /** Canonical spelling, as `--machine` takes it. */
  readonly name: string;
  readonly platform: Platform;
  readonly iommu: IommuMode;
  readonly swiotlb: SwiotlbParameter;
}
