// SPDX-License-Identifier: MIT
/**
 * The configuration that the slice is compiled with, as values for allnoconfig: small, one CPU, 4-level page tables
 * whose bases are variables (DYNAMIC_MEMORY_LAYOUT, through RANDOMIZE_MEMORY).
 */

/** Options that must come out as `y`. */
const ON = `64BIT CC_OPTIMIZE_FOR_SIZE EXPERT PCI PCI_MSI ACPI MMU SHMEM X86_PAT MTRR PROCESSOR_SELECT CPU_SUP_AMD CPU_SUP_INTEL RELOCATABLE
  RANDOMIZE_BASE RANDOMIZE_MEMORY IOMMU_SUPPORT IOMMU_DEFAULT_DMA_STRICT AMD_IOMMU SWIOTLB EFI EFI_STUB X86_X2APIC HYPERVISOR_GUEST PARAVIRT
  SPARSEMEM_VMEMMAP DYNAMIC_MEMORY_LAYOUT IOMMU_DMA AMD_MEM_ENCRYPT INTEL_TDX_GUEST X86_MEM_ENCRYPT DRM DRM_TTM SYSFS PRINTK BUG DEBUG_BUGVERBOSE
  COMPILE_TEST KUNIT DRM_QXL`;

/** Options that may be missing in a release: what depends on them is then left out. */
const WANTED = `SWIOTLB_DYNAMIC OF DMA_RESTRICTED_POOL HYPERV KVM_GUEST X86_MCE MMU_NOTIFIER HMM_MIRROR DRM_AMDGPU DRM_AMDGPU_USERPTR DRM_RADEON
  DRM_RADEON_USERPTR DRM_NOUVEAU DRM_VMWGFX DEBUG_KERNEL RUNTIME_TESTING_MENU DRM_KUNIT_TEST_HELPERS DRM_TTM_KUNIT_TEST DRM_KUNIT_TEST KUNIT_TEST
  KUNIT_EXAMPLE_TEST LIST_KUNIT_TEST HASHTABLE_KUNIT_TEST BITS_TEST CMDLINE_KUNIT_TEST LINEAR_RANGES_TEST STRING_KUNIT_TEST STRING_HELPERS_KUNIT_TEST
  OVERFLOW_KUNIT_TEST CHECKSUM_KUNIT IS_SIGNED_TYPE_KUNIT_TEST MEMCPY_KUNIT_TEST SIPHASH_KUNIT_TEST RESOURCE_KUNIT_TEST HASH_KUNIT_TEST TEST_SORT`;

/** Options that must not be set: their code is assembly, needs more than one CPU, or only slows the build. */
const OFF = "X86_5LEVEL JUMP_LABEL SMP WERROR DRM_WERROR CPU_MITIGATIONS X86_KERNEL_IBT STACKPROTECTOR KVM XEN DRM_AMD_DC";

const words = (text: string): string[] => text.trim().split(/\s+/);

/** The file for KCONFIG_ALLCONFIG. DRM_TTM is selected by DRM_QXL. */
export function configFragment(): string {
  const on = [...words(ON), ...words(WANTED)].map((name) => `CONFIG_${name}=y`);
  const off = words(OFF).map((name) => `CONFIG_${name}=n`);
  return `${[...on, ...off].join("\n")}\n`;
}

/** Options that did not come out as they must, "CONFIG_X is not set" or "CONFIG_Y is set". @param config the text of .config */
export function configMismatches(config: string): string[] {
  const set = new Set(config.split("\n").flatMap((line) => /^(CONFIG_\w+)=y$/.exec(line)?.[1] ?? []));
  return [
    ...words(ON).filter((name) => !set.has(`CONFIG_${name}`)).map((name) => `CONFIG_${name} is not set`),
    ...words(OFF).filter((name) => set.has(`CONFIG_${name}`)).map((name) => `CONFIG_${name} is set`),
  ];
}
