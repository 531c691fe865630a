// SPDX-License-Identifier: MIT
/** The module that implements the kernel contract on arm64: the contract's files without those of x86, and arm64's own. */

import { CONTRACT_FILES } from "./contract.ts";
import { files, type ModuleSpec, type SliceFile } from "./module-spec.ts";

const OF_X86 = /^(?:arch\/x86|drivers\/iommu\/(?:amd|io-pgtable)|drivers\/hv)\b/;

const FILES: readonly SliceFile[] = [
  ...CONTRACT_FILES.filter(({ file }) => !OF_X86.test(file)),
  ...files("memory encryption on arm64: who answers set_memory_*", "arch/arm64/mm/mem_encrypt", false),
  ...files("devices that are not coherent, and the decision which are", "arch/arm64/mm/dma-mapping"),
  ...files("protections, changes to the linear map, the instruction cache, copies of pages", "arch/arm64/mm/mmap arch/arm64/mm/pageattr arch/arm64/mm/flush arch/arm64/mm/copypage"),
  ...files("boot decisions: where memory starts, limits of zones, swiotlb", "arch/arm64/mm/init"),
  ...files("spinlocks, which SMP has out of line", "kernel/locking/spinlock kernel/locking/qspinlock kernel/locking/qrwlock kernel/locking/osq_lock"),
];

export const CONTRACT_ARM64: ModuleSpec = {
  name: "contract-arm64",
  arch: "arm64",
  files: FILES,
  glue: [{ folder: "common" }, { folder: "arm64" }, { folder: "contract" }, { folder: "driver-generic" }],
};
