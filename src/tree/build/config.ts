// SPDX-License-Identifier: MIT
/** The configurations that slices are compiled with, as values for allnoconfig: small, 4-level page tables. */

import type { ArchitectureName } from "../architectures.ts";

interface Options {
  /** Options that must come out as `y`. */
  readonly on: string;
  /** Options that may be missing in a release: what depends on them is then left out. Without RANDSTRUCT_NONE, COMPILE_TEST lays structures out by a seed. */
  readonly wanted: string;
  /** Options that must not be set: their code is assembly, needs more than one CPU, or only slows the build. */
  readonly off: string;
  /** Options with another value than y, as KCONFIG_ALLCONFIG has them. */
  readonly values: readonly string[];
}

/** Drivers with TTM glue, and KUnit suites. */
const DRIVERS_AND_SUITES = `MMU_NOTIFIER HMM_MIRROR DRM_AMDGPU DRM_AMDGPU_USERPTR DRM_RADEON
  DRM_RADEON_USERPTR DRM_NOUVEAU DRM_VMWGFX DEBUG_KERNEL RUNTIME_TESTING_MENU DRM_KUNIT_TEST_HELPERS DRM_TTM_KUNIT_TEST DRM_KUNIT_TEST KUNIT_TEST
  KUNIT_EXAMPLE_TEST LIST_KUNIT_TEST HASHTABLE_KUNIT_TEST BITS_TEST CMDLINE_KUNIT_TEST LINEAR_RANGES_TEST STRING_KUNIT_TEST STRING_HELPERS_KUNIT_TEST
  OVERFLOW_KUNIT_TEST CHECKSUM_KUNIT IS_SIGNED_TYPE_KUNIT_TEST MEMCPY_KUNIT_TEST SIPHASH_KUNIT_TEST RESOURCE_KUNIT_TEST HASH_KUNIT_TEST TEST_SORT`;

/** One CPU; the bases of the address space are variables (DYNAMIC_MEMORY_LAYOUT, through RANDOMIZE_MEMORY). DRM_TTM is selected by DRM_QXL. */
const X86_64: Options = {
  on: `64BIT CC_OPTIMIZE_FOR_SIZE EXPERT PCI PCI_MSI ACPI MMU SHMEM X86_PAT MTRR PROCESSOR_SELECT CPU_SUP_AMD CPU_SUP_INTEL RELOCATABLE
  RANDOMIZE_BASE RANDOMIZE_MEMORY IOMMU_SUPPORT IOMMU_DEFAULT_DMA_STRICT AMD_IOMMU SWIOTLB EFI EFI_STUB X86_X2APIC HYPERVISOR_GUEST PARAVIRT
  SPARSEMEM_VMEMMAP DYNAMIC_MEMORY_LAYOUT IOMMU_DMA AMD_MEM_ENCRYPT INTEL_TDX_GUEST X86_MEM_ENCRYPT DRM DRM_TTM SYSFS PRINTK BUG DEBUG_BUGVERBOSE
  COMPILE_TEST KUNIT DRM_QXL`,
  wanted: `RANDSTRUCT_NONE KEXEC SWIOTLB_DYNAMIC OF DMA_RESTRICTED_POOL HYPERV KVM_GUEST X86_MCE ${DRIVERS_AND_SUITES}`,
  off: "X86_5LEVEL JUMP_LABEL SMP WERROR DRM_WERROR CPU_MITIGATIONS X86_KERNEL_IBT STACKPROTECTOR KVM XEN DRM_AMD_DC",
  values: [],
};

/** SMP cannot be turned off on arm64. DRM_TTM is selected by DRM_QXL. */
const ARM64: Options = {
  on: `64BIT SMP CC_OPTIMIZE_FOR_SIZE EXPERT PCI MMU SHMEM ARM64_4K_PAGES ARM64_VA_BITS_48 ARM64_PA_BITS_48 ARM64_HW_AFDBM IOMMU_SUPPORT
  IOMMU_DEFAULT_DMA_STRICT SPARSEMEM_VMEMMAP IOMMU_DMA SWIOTLB DMA_DIRECT_REMAP DRM DRM_TTM SYSFS PRINTK BUG
  DEBUG_BUGVERBOSE COMPILE_TEST KUNIT DRM_QXL`,
  wanted: `RANDSTRUCT_NONE ARCH_HAS_MEM_ENCRYPT SWIOTLB_DYNAMIC DMA_RESTRICTED_POOL ${DRIVERS_AND_SUITES}`,
  off: "JUMP_LABEL WERROR DRM_WERROR STACKPROTECTOR ARM64_LSE_ATOMICS ARM64_PTR_AUTH ARM64_BTI ARM64_MTE ARM64_PSEUDO_NMI UNMAP_KERNEL_AT_EL0 KVM DRM_AMD_DC",
  values: ["NR_CPUS=2"],
};

const OPTIONS: Readonly<Record<ArchitectureName, Options>> = { x86_64: X86_64, arm64: ARM64 };

const words = (text: string): string[] => text.trim().split(/\s+/);

/** The file for KCONFIG_ALLCONFIG. */
export function configFragment(arch: ArchitectureName): string {
  const options = OPTIONS[arch];
  const on = [...words(options.on), ...words(options.wanted)].map((name) => `CONFIG_${name}=y`);
  const off = words(options.off).map((name) => `CONFIG_${name}=n`);
  return `${[...on, ...off, ...options.values.map((value) => `CONFIG_${value}`)].join("\n")}\n`;
}

/** Options that did not come out as they must, "CONFIG_X is not set" or "CONFIG_Y is set". @param config the text of .config */
export function configMismatches(config: string, arch: ArchitectureName): string[] {
  const { on, off } = OPTIONS[arch];
  const set = new Set(config.split("\n").flatMap((line) => /^(CONFIG_\w+)=y$/.exec(line)?.[1] ?? []));
  return [
    ...words(on).filter((name) => !set.has(`CONFIG_${name}`)).map((name) => `CONFIG_${name} is not set`),
    ...words(off).filter((name) => set.has(`CONFIG_${name}`)).map((name) => `CONFIG_${name} is set`),
  ];
}
