// SPDX-License-Identifier: MIT
/** The module that implements the kernel contract on arm64: the contract's files without those of x86, and arm64's own. */

import { CONTRACT_FILES } from "./contract.ts";
import { files, type GlueFolder, type ModuleSpec, type SliceFile } from "./module-spec.ts";

const OF_X86 = /^(?:arch\/x86|kernel\/iomem|drivers\/iommu\/(?:amd|io-pgtable)|drivers\/hv)\b/;

/** Files of a module without those of x86. */
export function withoutX86(slice: readonly SliceFile[]): SliceFile[] {
  return slice.filter(({ file }) => !OF_X86.test(file));
}

/** What every module for arm64 has besides. */
export const ARM64_FILES: readonly SliceFile[] = [
  ...files("memory encryption on arm64: who answers set_memory_*", "arch/arm64/mm/mem_encrypt", false),
  ...files("devices that are not coherent, and the decision which are", "arch/arm64/mm/dma-mapping"),
  ...files("protections, changes to the linear map, the instruction cache, copies of pages", "arch/arm64/mm/mmap arch/arm64/mm/pageattr arch/arm64/mm/flush arch/arm64/mm/copypage"),
  ...files("boot decisions: where memory starts, limits of zones, swiotlb", "arch/arm64/mm/init"),
  ...files("spinlocks, which SMP has out of line", "kernel/locking/spinlock kernel/locking/qspinlock kernel/locking/qrwlock kernel/locking/osq_lock"),
];

const ARM64_GLUE: readonly GlueFolder[] = [{ folder: "common" }, { folder: "arm64" }];

export const CONTRACT_ARM64: ModuleSpec = {
  name: "contract-arm64",
  arch: "arm64",
  files: [...withoutX86(CONTRACT_FILES), ...ARM64_FILES],
  glue: [...ARM64_GLUE, { folder: "contract" }, { folder: "driver-generic" }],
};
export { ARM64_GLUE };
