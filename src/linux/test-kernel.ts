// SPDX-License-Identifier: MIT
/** Boots the model for unit tests of its functions. */

import { assert } from "../base/index.ts";
import type { Configuration, DriverProfile, SwiotlbParameter } from "../kernel/index.ts";
import { type IommuMode, PLATFORMS } from "../machine/index.ts";
import { boot } from "./boot.ts";
import { DRIVERS } from "./drivers/index.ts";
import type { Linux } from "./linux.ts";
import { POLICIES } from "./policies/index.ts";
import { parseRelease } from "./releases/index.ts";

export interface TestBoot {
  readonly platform: string;
  readonly iommu?: IommuMode;
  readonly swiotlb?: SwiotlbParameter;
  readonly driver?: string;
  readonly policy?: string;
  /** "6.12" where it is left out. */
  readonly release?: string;
  readonly tlb?: boolean;
  readonly coherent?: boolean;
  readonly ramGiB?: number;
  /** Replaces both masks of the driver. */
  readonly mask?: number;
  /** Replaces fields of the driver. */
  readonly profile?: Partial<DriverProfile>;
  /** Replaces fields of the configuration. */
  readonly machine?: Partial<Configuration>;
}

/** A booted model; names as on the command line. */
export function bootModel(options: TestBoot): Linux {
  const platform = PLATFORMS.find((p) => p.name === options.platform);
  const driver = DRIVERS.find((d) => d.name === (options.driver ?? "amdgpu-gfx9"));
  const policy = POLICIES.find((p) => p.name === (options.policy ?? "decrypt-dma-alloc-guest"));
  assert(platform !== undefined && driver !== undefined && policy !== undefined, "test: unknown name");
  const masks = options.mask === undefined ? {} : { dmaMaskBits: options.mask, coherentMaskBits: options.mask };
  const rest = { tlb: options.tlb ?? false, coherent: options.coherent ?? true, ramGiB: options.ramGiB ?? 2 };
  const configuration = { name: platform.name, platform, iommu: options.iommu ?? "off", swiotlb: options.swiotlb ?? "default", ...rest, ...options.machine } as const;
  const { k, result } = boot(configuration, { ...driver, ...masks, ...options.profile }, policy, parseRelease(options.release ?? "6.12"));
  assert(result.status === "ready", "test: does not boot");
  return k;
}
