// SPDX-License-Identifier: MIT
/** Modules with a driver of the tree in place of the generic one: its files, and a device of ours below it. */

import type { Operation } from "../../kernel/index.ts";
import { CONTRACT_FILES, CONTRACT_GLUE } from "./contract.ts";
import { files, type ModuleSpec, type SliceFile } from "./module-spec.ts";

/** A module that implements the contract with a driver of the tree. */
export interface DriverModule extends ModuleSpec {
  /** Profiles of src/linux/drivers whose devices it plays, and the argument of its probe for each. */
  readonly devices: Readonly<Record<string, number>>;
  /** The driver's folder in the tree. */
  readonly source: string;
  /** Operations on pages of somebody else that its own code does. */
  readonly shares: readonly Operation["op"][];
}

/** The device's registers are objects of ours: guest/driver-own/io.c looks for them before the tree's own ioremap() does. */
const WRAPS: readonly string[] = ["ioremap", "ioremap_wc", "ioremap_cache", "iounmap", "memset_io"];

function driverModule(name: string, folder: string, own: readonly SliceFile[], optionsOf: string, devices: Readonly<Record<string, number>>, { wraps = [], shares = [] }: { readonly wraps?: readonly string[]; readonly shares?: DriverModule["shares"] } = {}): DriverModule {
  return { name, arch: "x86_64", files: [...CONTRACT_FILES, ...own], glue: [...CONTRACT_GLUE, { folder: "driver-own" }, { folder: `driver-${name}`, optionsOf, include: [folder] }], wraps: [...WRAPS, ...wraps], devices, source: folder, shares };
}

const VMWGFX = "drivers/gpu/drm/vmwgfx";

const vmwgfx = driverModule(
  "vmwgfx",
  VMWGFX,
  files(
    "vmwgfx: its ttm_device_funcs, buffers, guest memory regions",
    `${VMWGFX}/vmwgfx_ttm_buffer ${VMWGFX}/vmwgfx_bo ${VMWGFX}/vmwgfx_gmr ${VMWGFX}/vmwgfx_gmrid_manager ${VMWGFX}/vmwgfx_system_manager
     ${VMWGFX}/vmwgfx_fence ${VMWGFX}/vmwgfx_prime ${VMWGFX}/vmwgfx_resource ${VMWGFX}/ttm_object`,
  ),
  `${VMWGFX}/vmwgfx_ttm_buffer`,
  { vmwgfx: 0, "vmwgfx-restricted": 1 },
  { wraps: ["devm_memremap"] },
);

const QXL = "drivers/gpu/drm/qxl";

const qxl = driverModule(
  "qxl",
  QXL,
  files("qxl: its ttm_device_funcs, buffers, probe and commands", `${QXL}/qxl_ttm ${QXL}/qxl_object ${QXL}/qxl_gem ${QXL}/qxl_kms ${QXL}/qxl_cmd ${QXL}/qxl_irq`),
  `${QXL}/qxl_ttm`,
  { qxl: 0 },
);

const RADEON = "drivers/gpu/drm/radeon";

const radeon = driverModule(
  "radeon",
  RADEON,
  [
    ...files("radeon: its ttm_device_funcs, buffers, GART, probe", `${RADEON}/radeon_ttm ${RADEON}/radeon_object ${RADEON}/radeon_gart ${RADEON}/radeon_gem ${RADEON}/radeon_device ${RADEON}/radeon_kms`),
    ...files("buffers over pages of somebody else", `${RADEON}/radeon_prime drivers/gpu/drm/drm_prime`),
    ...files("radeon's module parameters", `${RADEON}/radeon_drv`),
    ...files("what moves are told to, entries of the GART, fences", `${RADEON}/radeon_vm ${RADEON}/rs400 ${RADEON}/radeon_fence`),
  ],
  `${RADEON}/radeon_ttm`,
  { radeon: 0, "radeon-pci": 1 },
  { shares: ["bo_import"] },
);

const AMDGPU = "drivers/gpu/drm/amd/amdgpu";

const amdgpu = driverModule(
  "amdgpu",
  AMDGPU,
  [
    ...files("amdgpu: its ttm_device_funcs, buffers, GART, memory managers", `${AMDGPU}/amdgpu_ttm ${AMDGPU}/amdgpu_object ${AMDGPU}/amdgpu_gem ${AMDGPU}/amdgpu_gart ${AMDGPU}/amdgpu_gmc ${AMDGPU}/amdgpu_gtt_mgr ${AMDGPU}/amdgpu_vram_mgr ${AMDGPU}/amdgpu_preempt_mgr`),
    ...files("buffers over pages of somebody else", `${AMDGPU}/amdgpu_dma_buf drivers/gpu/drm/drm_prime`),
    ...files("what VRAM is managed by", "drivers/gpu/buddy drivers/gpu/drm/drm_buddy", false),
    ...files("amdgpu's module parameters", `${AMDGPU}/amdgpu_drv`),
  ],
  `${AMDGPU}/amdgpu_ttm`,
  { "amdgpu-gfx9": 0, "amdgpu-gfx9.4.3": 1, "amdgpu-raven": 2, "amdgpu-gfx6": 3, "amdgpu-gfx7": 4, "amdgpu-gfx8": 5, "amdgpu-gfx10": 6, "amdgpu-gfx11": 7, "amdgpu-gfx12": 8 },
  { shares: ["bo_import", "bo_userptr"] },
);

const NOUVEAU = "drivers/gpu/drm/nouveau";

const nouveau = driverModule(
  "nouveau",
  NOUVEAU,
  [
    ...files("nouveau: its ttm_device_funcs, buffers, memory managers", `${NOUVEAU}/nouveau_ttm ${NOUVEAU}/nouveau_sgdma ${NOUVEAU}/nouveau_bo ${NOUVEAU}/nouveau_mem`),
    ...files("the DMA mask, and what MMUs say of it", `${NOUVEAU}/nvkm/engine/device/pci ${NOUVEAU}/nvkm/subdev/mmu/base ${NOUVEAU}/nvkm/subdev/mmu/nv04 ${NOUVEAU}/nvkm/subdev/mmu/nv41 ${NOUVEAU}/nvkm/subdev/mmu/nv50 ${NOUVEAU}/nvkm/subdev/mmu/gp100`),
    ...files("buffers over pages of somebody else", `${NOUVEAU}/nouveau_prime ${NOUVEAU}/nouveau_gem drivers/gpu/drm/drm_prime`),
    ...files("address spaces of the GPU that buffers are part of", "drivers/gpu/drm/drm_gpuvm"),
  ],
  `${NOUVEAU}/nouveau_ttm`,
  { "nouveau-pascal": 3, "nouveau-nv04": 0, "nouveau-nv41": 1, "nouveau-nv50": 2 },
  { shares: ["bo_import"] },
);

export const DRIVER_MODULES: readonly DriverModule[] = [vmwgfx, qxl, radeon, amdgpu, nouveau];
