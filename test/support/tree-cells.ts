// SPDX-License-Identifier: MIT
/** The machines and devices that both kernels can be booted with: what the tests compare the model and a tree on. */

import type { Configuration, DriverProfile, SwiotlbParameter } from "../../src/kernel/index.ts";
import { DRIVERS } from "../../src/linux/index.ts";
import { PLATFORMS } from "../../src/machine/index.ts";

const TREE_DEVICES = ["amdgpu-gfx9", "amdgpu-gfx9.4.3", "nouveau-pascal", "vmwgfx", "xe"];

/** Every platform and IOMMU mode of it, with each of the swiotlb parameters given. */
export function treeMachines(parameters: readonly SwiotlbParameter[]): Configuration[] {
  return PLATFORMS.flatMap((platform) =>
    platform.iommuModes.flatMap((iommu) =>
      parameters.map((swiotlb) => ({ name: `${platform.name},iommu=${iommu},swiotlb=${swiotlb}`, platform, iommu, swiotlb })),
    ),
  );
}

/** The devices whose profiles the tree's driver can play. */
export const TREE_DRIVERS: readonly DriverProfile[] = DRIVERS.filter((d) => TREE_DEVICES.includes(d.name));
