// SPDX-License-Identifier: MIT
export * from "./access.ts";
export { BLOCK_WORDS, decryptBlock, encryptBlock } from "./cipher.ts";
export { type CacheLine, Caches } from "./caches.ts";
export * from "./domains.ts";
export * from "./facts/faults.ts";
export * from "./facts/iommu-bits.ts";
export * from "./facts/pte-bits.ts";
export * from "./iommu.ts";
export type { Place } from "./lines.ts";
export * from "./machine.ts";
export { type Device, type MachineConfig, machineWords } from "./machine-config.ts";
export * from "./memory.ts";
export * from "./mmu.ts";
export * from "./page-state.ts";
export { PLATFORMS } from "./platforms/index.ts";
export * from "./platforms/platform.ts";
export * from "./tables.ts";
export * from "./tlb.ts";
