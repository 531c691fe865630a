// SPDX-License-Identifier: MIT
/** Root causes in the DMA layer, and in what drivers' probes and tests make of it. */

import type { KnownCause } from "./known-causes.ts";

const PAGE_KERNEL = "PAGE_KERNEL (arch/x86/include/asm/pgtable_types.h)";
const IOPTE = "plain by iommu_v1_map_pages (drivers/iommu/amd/io_pgtable.c)";
const IO_PROT = "ttm_io_prot (drivers/gpu/drm/ttm/ttm_bo_util.c)";
const litmus = (name: string): string => `[litmus/open/${name}.litmus](../../litmus/open/${name}.litmus)`;

export const DMA_CAUSES: readonly KnownCause[] = [
  {
    id: "dma-mmap-pages",
    title: "dma_mmap_pages() and dma_mmap_noncontiguous() leave user mappings encrypted over decrypted pages",
    status: "new",
    refs: [],
    causes: [],
    litmus: ["litmus/open/o-dma-mmap-pages.litmus", "litmus/open/o-dma-mmap-noncontiguous.litmus"],
    why: `\`dma_direct_alloc_pages()\` decrypts where \`force_dma_unencrypted()\` says so (kernel/dma/direct.c:373). \`dma_mmap_pages()\` (kernel/dma/mapping.c:728) calls \`remap_pfn_range()\` with \`vma->vm_page_prot\` as it came,
which has the C-bit; \`dma_direct_mmap()\`, for coherent memory, adds \`pgprot_decrypted()\` in the same situation. Without an IOMMU \`dma_mmap_noncontiguous()\` is the same function (kernel/dma/mapping.c:831). Callers:
ALSA's non-coherent and non-contiguous buffers (sound/core/memalloc.c:590, sound/core/memalloc.c:855), videobuf2's non-coherent ones (drivers/media/common/videobuf2/videobuf2-dma-contig.c:286),
drm_gem_dma_helper's (drivers/gpu/drm/drm_gem_dma_helper.c:538).`,
    fix: "`if (force_dma_unencrypted(dev)) prot = pgprot_decrypted(prot);` in `dma_mmap_pages()`, as in `dma_direct_mmap()`; a device with dma-iommu must not take it.",
    confidence: "Certain: user space plays or captures noise in a guest, and on SME with a mask below the C-bit. Which drivers of the callers' kind exist in guests was not looked at.",
  },
  {
    id: "restricted-pool-encrypted",
    title: "Memory of a restricted pool is encrypted when it is freed, and the pool gives it out again as decrypted",
    status: "new",
    refs: [],
    causes: [],
    litmus: ["litmus/open/o-restricted-pool-reencrypted.litmus"],
    why: `\`rmem_swiotlb_device_init()\` decrypts the pool once (kernel/dma/swiotlb.c:1856). \`dma_direct_alloc()\` takes pages from it (\`swiotlb_alloc()\`, kernel/dma/swiotlb.c:1774) and decrypts them again, which changes nothing;
\`dma_direct_free()\` encrypts them (kernel/dma/direct.c:352) and returns them by \`swiotlb_free()\` to a pool that takes all of its slots for decrypted. The next mapping that is bounced there gives the device ciphertext.`,
    fix: "Neither decrypt nor encrypt pages of `is_swiotlb_for_alloc(dev)`: the pool's state is the pool's.",
    confidence: "Certain on the code. It takes `restricted-dma-pool` on a platform with memory encryption; in 6.12 those pools come from the device tree, which x86 guests rarely have.",
  },
  {
    id: "restricted-pool-sme",
    title: "SME: memory of a restricted pool is decrypted, and a 64-bit device gets its address with the C-bit",
    status: "new",
    refs: [],
    causes: [
      { rule: "alias-attribute", cause: `encrypted by dma_direct_alloc (kernel/dma/direct.c) against plain by ${PAGE_KERNEL}` },
      { rule: "alias-attribute", cause: `encrypted by ${IO_PROT} against plain by ${PAGE_KERNEL}` },
      { rule: "ciphertext-read", cause: `encrypted by dma_direct_alloc (kernel/dma/direct.c) against plain by ${PAGE_KERNEL}` },
      { rule: "ciphertext-read", cause: `encrypted by ${IO_PROT} against plain by ${PAGE_KERNEL}` },
      { rule: "needless-share", cause: `the device reaches the C-bit, bit 47, plain by ${PAGE_KERNEL}` },
    ],
    why: `\`rmem_swiotlb_device_init()\` decrypts the pool for whoever will use it (kernel/dma/swiotlb.c:1856). \`dma_direct_alloc()\` takes pages from there (\`swiotlb_alloc()\`, kernel/dma/swiotlb.c:1774), and as \`force_dma_unencrypted()\` is false for a mask above
the C-bit (arch/x86/mm/mem_encrypt.c:33-39), \`phys_to_dma_direct()\` gives the address with the C-bit (kernel/dma/direct.c:25-31). CPU and device see different bytes through the very address that \`dma_alloc_attrs()\` returned. ("by PAGE_KERNEL" in
the cause is the linear map: who decrypted it did so at boot, before anybody looked.)`,
    fix: "Make the address of pool memory by the pool's state (`phys_to_dma_unencrypted()` for `is_swiotlb_for_alloc(dev)`), or do not decrypt a pool of such a device. B37's series tracks the state of each pool.",
    confidence: "Certain on the code. It takes `restricted-dma-pool` on an SME host; in 6.12 those pools come from the device tree.",
  },
  {
    id: "dynamic-pool-rcu",
    title: "Dynamic bounce pools are freed in an RCU callback that calls set_memory_encrypted()",
    status: "known",
    refs: [`O12, commit e13d4d9a4915 (2026): ${litmus("o12-dynamic-pool-rcu")}`],
    causes: [],
    litmus: ["litmus/open/o12-dynamic-pool-rcu.litmus"],
    why: "`swiotlb_dyn_free()` (kernel/dma/swiotlb.c:661-670) runs in softirq context; converting pages may sleep.",
    fix: "Commit e13d4d9a4915: free in process context.",
    confidence: "Certain; it takes `CONFIG_SWIOTLB_DYNAMIC`.",
  },
  {
    id: "deferred-io",
    title: "fbdev's deferred I/O maps an encrypted shadow buffer decrypted for user space",
    status: "known",
    refs: [`O4, B16: ${litmus("o4-defio-vmalloc")}`],
    causes: [],
    litmus: ["litmus/open/o4-defio-vmalloc.litmus"],
    why: "drivers/video/fbdev/core/fb_defio.c:346 forces `pgprot_decrypted()` for pages of RAM that nobody has decrypted (drivers/gpu/drm/drm_fbdev_shmem.c:43-53). The litmus file makes the same two mappings by hand: fbdev itself is not in the slice.",
    fix: "Decrypt for I/O memory only.",
    confidence: "The mappings are as in the source; fbdev's own code was not run.",
  },
  {
    id: "guest-iommu",
    title: "A guest with a translated domain: nobody decrypts, TTM maps decrypted all the same",
    status: "new",
    refs: ["B29's thread mentions that a guest's IOMMU would get the C-bit in its entries"],
    causes: [
      { rule: "alias-attribute", cause: `encrypted by ${PAGE_KERNEL} against ${IOPTE}` },
      { rule: "alias-attribute", cause: `encrypted by ${PAGE_KERNEL} against plain by ${IO_PROT}` },
      { rule: "ciphertext-read", cause: `encrypted by ${PAGE_KERNEL} against ${IOPTE}` },
      { rule: "page-state", cause: `iommu-rmp-fault, ${IOPTE}` },
      { rule: "page-state", cause: `dma-abort, ${IOPTE}` },
      { rule: "page-state", cause: `npf-rmp, plain by ${IO_PROT}` },
      { rule: "page-state", cause: `ve-mmio, plain by ${IO_PROT}` },
    ],
    probes: [
      { device: "vmwgfx", machine: "sev-snp,iommu=translated" },
      { device: "vmwgfx", machine: "tdx,iommu=translated" },
    ],
    why: `drivers/iommu/dma-iommu.c decrypts nothing, also not in a guest, and \`iommu_v1_map_pages()\` puts the C-bit into each entry (drivers/iommu/amd/io_pgtable.c:386): right on an SME host, useless to a device outside of the guest. TTM decrypts, because
\`ttm_tt_create()\` asks for guest and \`use_dma_alloc\` and not for the domain (drivers/gpu/drm/ttm/ttm_tt.c:94). vmwgfx notices while it probes: \`vmw_dummy_query_bo_create()\` stores through such a mapping of a private page, which
SNP and TDX stop.`,
    fix: "`iommu_dma_alloc()` has to share pages in guests whose device is not trusted, or the domain has to be refused there.",
    confidence: "The code is unambiguous; the machine is an assumption: an IOMMU with AMD-Vi's tables for devices of a confidential guest (of a TD as well), which hypervisors do not offer yet.",
  },
  {
    id: "noforce-probe",
    title: "amdgpu and radeon do not probe in guests with swiotlb=noforce",
    status: "new",
    refs: [],
    causes: [],
    probes: [
      { device: "amdgpu-gfx9", machine: "sev,swiotlb=noforce" },
      { device: "radeon", machine: "sev,swiotlb=noforce" },
    ],
    why: `Both map a page for empty GART entries with \`dma_map_page()\` at probe (\`amdgpu_gart_dummy_page_init()\`, drivers/gpu/drm/amd/amdgpu/amdgpu_gart.c:75; \`radeon_dummy_page_init()\`, drivers/gpu/drm/radeon/radeon_device.c:781). In a guest a
private page can be neither addressed nor, with \`noforce\`, bounced; the probe ends in -ENOMEM. All of their buffers would come from \`dma_alloc_attrs()\` and work.`,
    fix: "Allocate the page with `dma_alloc_coherent()`, which also spares the bounce slot.",
    confidence: "Certain; `swiotlb=noforce` in a guest is nobody's default, and other drivers depend on bouncing there.",
  },
  {
    id: "kunit-shmem",
    title: "Three KUnit tests of drm_gem_shmem fail in guests",
    status: "new",
    refs: ["[the tree's suites](kunit.md#other-suites-on-encrypted-machines)"],
    causes: [],
    suites: [{ glob: "drm_gem_shmem", shows: "differences" }],
    why: `They map a buffer of 1 MiB for a device, which guests bounce. \`drm_gem_shmem_test_obj_create_private()\` maps it as one segment (drivers/gpu/drm/tests/drm_gem_shmem_test.c:96), and one gets 256 KiB at most (\`IO_TLB_SEGSIZE\`, include/linux/swiotlb.h:26): -EIO.
The other two go through the helper, whose segments \`drm_prime_pages_to_sg()\` keeps below \`dma_max_mapping_size()\` (drivers/gpu/drm/drm_prime.c:848); there it is the simulated machine's pool of 256 KiB that is too small.`,
    fix: "In the test, a scatterlist with `sg_alloc_table_from_pages_segment()` and `dma_max_mapping_size()`, or a smaller buffer.",
    confidence: "The first one is certain in any guest; the other two depend on the size of the pool, which is 64 MiB and more on real guests.",
  },
  {
    id: "kunit-ttm-pool",
    title: "The KUnit suite ttm_pool takes the kernel down when it is run alone",
    status: "new",
    refs: ["[the tree's suites](kunit.md#what-612-shows)"],
    causes: [],
    suites: [{ glob: "ttm_pool", shows: "alone" }],
    why: "Its tests use TTM's global pools, which the first `ttm_device_init()` sets up (`ttm_pool_mgr_init()`, drivers/gpu/drm/ttm/ttm_pool.c:789); only the suite `ttm_device`, which is linked before it, makes one. It has nothing to do with encryption and is so under UML.",
    fix: "Make a `ttm_device` in the suite's `init`.",
    confidence: "Certain: `kunit.py run ttm_pool` panics as well.",
  },
];
