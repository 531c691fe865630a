// SPDX-License-Identifier: MIT
/** The module that implements the kernel contract: TTM, the DMA layer, memory encryption, and what they stand on. */

import { files, type GlueFolder, type ModuleSpec, type SliceFile, X86_GLUE } from "./module-spec.ts";

/** The linker keeps what operations can reach. */
const FILES: readonly SliceFile[] = [
  ...files(
    "TTM itself",
    `drivers/gpu/drm/ttm/ttm_bo drivers/gpu/drm/ttm/ttm_bo_util drivers/gpu/drm/ttm/ttm_bo_vm
     drivers/gpu/drm/ttm/ttm_device drivers/gpu/drm/ttm/ttm_module drivers/gpu/drm/ttm/ttm_pool
     drivers/gpu/drm/ttm/ttm_range_manager drivers/gpu/drm/ttm/ttm_resource drivers/gpu/drm/ttm/ttm_sys_manager
     drivers/gpu/drm/ttm/ttm_tt`,
  ),
  ...files("TTM's older eviction helpers", "drivers/gpu/drm/ttm/ttm_execbuf_util drivers/gpu/drm/ttm/ttm_backup", false),
  ...files(
    "the DMA layer: which route, which address, decrypted or bounced",
    "kernel/dma/mapping kernel/dma/direct kernel/dma/swiotlb kernel/dma/pool kernel/dma/ops_helpers",
  ),
  ...files("devices' own coherent pools, restricted pools among them", "kernel/dma/coherent", false, "DMA_DECLARE_COHERENT"),
  ...files(
    "memory encryption on x86: attributes, set_memory_*, forced unencrypted DMA",
    "arch/x86/mm/mem_encrypt arch/x86/mm/mem_encrypt_amd arch/x86/coco/core arch/x86/mm/pat/set_memory",
  ),
  ...files("who the CPU says it is: SME, SEV, the C-bit", "arch/x86/mm/mem_encrypt_identity arch/x86/lib/cmdline"),
  ...files("an SNP guest's page states: PVALIDATE, and requests to the hypervisor", "arch/x86/coco/sev/core arch/x86/kernel/sev", false),
  ...files("a guest of Hyper-V with a virtual top of memory", "arch/x86/hyperv/ivm"),
  ...files("a TDX guest: who it is, and its pages' conversions", "arch/x86/coco/tdx/tdx"),
  ...files("accepting pages of a TDX guest", "arch/x86/coco/tdx/tdx-shared", false),
  ...files("protections, cache types, the linear map's bounds", "arch/x86/mm/pgprot arch/x86/mm/pgtable arch/x86/mm/init arch/x86/mm/pat/memtype arch/x86/mm/pat/memtype_interval"),
  ...files("the last of a kernel before kexec: what is shared is made private again, caches are written back", "arch/x86/kernel/reboot arch/x86/kernel/process"),
  ...files("maps of device memory: decrypted or not, and their cache type", "arch/x86/mm/ioremap kernel/iomem"),
  ...files("boot decisions: swiotlb on, off, forced; platform hooks", "arch/x86/kernel/pci-dma arch/x86/kernel/x86_init"),
  ...files(
    "translated DMA: IOVA allocation, the IOMMU core, AMD-Vi page tables with the C-bit",
    "drivers/iommu/dma-iommu drivers/iommu/iova drivers/iommu/iommu drivers/iommu/io-pgtable drivers/iommu/amd/io_pgtable",
  ),
  ...files("reservation objects and fences of buffers", "drivers/dma-buf/dma-resv drivers/dma-buf/dma-fence drivers/dma-buf/dma-fence-array drivers/dma-buf/dma-fence-chain"),
  ...files(
    "what TTM uses of DRM: drm_need_swiotlb, offsets for mmap, range allocation, GEM objects",
    "drivers/gpu/drm/drm_cache drivers/gpu/drm/drm_vma_manager drivers/gpu/drm/drm_mm drivers/gpu/drm/drm_gem drivers/gpu/drm/drm_print",
  ),
  ...files("locks", "kernel/locking/mutex kernel/locking/rwsem kernel/locking/semaphore"),
  ...files("managed resources, objects", "drivers/base/devres lib/kobject"),
  ...files(
    "the kernel's own library",
    `lib/rbtree lib/scatterlist lib/genalloc lib/find_bit lib/bitmap lib/string lib/vsprintf lib/kasprintf lib/ctype
     lib/hexdump lib/xarray lib/radix-tree lib/list_sort lib/refcount lib/idr lib/interval_tree lib/hweight lib/lockref
     lib/kstrtox lib/string_helpers lib/sort lib/ratelimit lib/iommu-helper lib/clz_ctz lib/cmdline lib/llist lib/uuid`,
  ),
  ...files("names of flags for messages", "mm/debug"),
];

/** What every module that implements the contract has: all but the driver. */
export const CONTRACT_FILES: readonly SliceFile[] = FILES;
export const CONTRACT_GLUE: readonly GlueFolder[] = [...X86_GLUE, { folder: "contract" }];

/** With a driver whose parameters are the device profile's. */
export const CONTRACT: ModuleSpec = { name: "contract", arch: "x86_64", files: CONTRACT_FILES, glue: [...CONTRACT_GLUE, { folder: "driver-generic" }] };
