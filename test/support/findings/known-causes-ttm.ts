// SPDX-License-Identifier: MIT
/** Root causes in TTM and in what drivers make of it. */

import type { KnownCause } from "./known-causes.ts";

const IO_PROT = "encrypted by ttm_io_prot (drivers/gpu/drm/ttm/ttm_bo_util.c)";
const COHERENT = "plain by dma_direct_alloc -> set_memory_decrypted (kernel/dma/direct.c)";
const O1 = "O1: [litmus/open/o1-sme-ttm-coherent.litmus](../../litmus/open/o1-sme-ttm-coherent.litmus)";
const O3 = "O3: [litmus/open/o3-no-dma-alloc-forced-bounce.litmus](../../litmus/open/o3-no-dma-alloc-forced-bounce.litmus)";

export const TTM_CAUSES: readonly KnownCause[] = [
  {
    id: "sme-limited-mask",
    title: "SME without a translated domain: the DMA layer decrypts for a device below the C-bit, TTM maps encrypted",
    status: "known",
    refs: [O1, "`[PATCH v2 3/4] drm/ttm, drm/vmwgfx: Correctly support support AMD memory encryption`, dri-devel, 2019-09-03 (a test per device; not merged)"],
    causes: [
      { rule: "alias-attribute", cause: `${IO_PROT} against ${COHERENT}` },
      { rule: "ciphertext-read", cause: `${IO_PROT} against ${COHERENT}` },
    ],
    why: `\`drm_need_swiotlb()\` is true with any memory encryption (drivers/gpu/drm/drm_cache.c:204), so TTM's pages come from \`dma_alloc_attrs()\`.
\`force_dma_unencrypted()\` is true on an SME host for a device whose mask does not reach the C-bit (arch/x86/mm/mem_encrypt.c:33-39), and
\`dma_direct_alloc()\` decrypts the linear map (kernel/dma/direct.c:290). \`ttm_tt_create()\` sets \`TTM_TT_FLAG_DECRYPTED\` in guests only
(drivers/gpu/drm/ttm/ttm_tt.c:94): \`ttm_io_prot()\` (drivers/gpu/drm/ttm/ttm_bo_util.c:300) leaves the C-bit in kernel and user mappings, and what
the CPU stores through them is ciphertext for the device.`,
    fix: "Ask for the device what the DMA layer did: `force_dma_unencrypted(dev)` in place of `CC_ATTR_GUEST_MEM_ENCRYPT` mends all cells (policy `force-dma-unencrypted`), `dma_mmap_attrs()` and the address of `dma_alloc_attrs()` would too. `cbit compare` tells them apart.",
    confidence: "Certain: the two tests contradict each other in the code. It takes an SME host whose GPU has no translated domain: `iommu=pt`, or no IOMMU.",
  },
  {
    id: "sme-limited-mask-lost",
    title: "What was stored through such a mapping stays ciphertext in VRAM and after swapping",
    status: "consequence",
    refs: [O1],
    causes: [
      { rule: "ciphertext-read", cause: `${IO_PROT}, lost in bo_move` },
      { rule: "ciphertext-read", cause: `${IO_PROT} against plain by bo_swapout, bo_swapin` },
    ],
    why: `CPU reads through the same kind of mapping look right as long as the buffer stays where it is. \`ttm_move_memcpy()\` (drivers/gpu/drm/ttm/ttm_bo_util.c:84) and
\`ttm_tt_swapout()\` (drivers/gpu/drm/ttm/ttm_tt.c:295) read the pages through the linear map, which is decrypted, and copy ciphertext. In VRAM it is
read as it is. After swapping in, the ciphertext lies in other pages, and the C-bit mapping deciphers it with another address tweak: noise, for good. A move by
the device copies ciphertext as well.`,
    fix: "That of the entry before: with one attribute for all mappings there is nothing to lose.",
    confidence: "Certain on the code; the data is lost once the buffer is evicted under memory pressure, where the mismatch alone may have gone unnoticed in buffers that the CPU only uses.",
  },
  {
    id: "mapped-once",
    title: "Buffers that are mapped for the device once and bounced: CPU and device work on two copies",
    status: "known",
    refs: [O3, "B04, `drm: fallback to dma_alloc_coherent when memory encryption is active` (2019), which helped drivers that ask `drm_need_swiotlb()`"],
    causes: [{ rule: "stale-view", cause: "two copies by swiotlb_map (kernel/dma/swiotlb.c), handed over by nobody" }],
    why: `Guests force bouncing for every streaming mapping (arch/x86/kernel/pci-dma.c:62), and on SME a mask below the C-bit does. xe and i915 never use
\`dma_alloc_attrs()\` for TTM (\`use_dma_alloc\` is false) and map with \`dma_map_sgtable()\` (drivers/gpu/drm/xe/xe_bo.c:310); TTM's pool with \`dma_map_page()\` (drivers/gpu/drm/ttm/ttm_pool.c:186-222).
Nobody syncs. All drivers do the same for imported dma-bufs and pinned user memory: \`amdgpu_ttm_tt_pin_userptr()\` (drivers/gpu/drm/amd/amdgpu/amdgpu_ttm.c:847),
\`radeon_ttm_tt_pin_userptr()\` (drivers/gpu/drm/radeon/radeon_ttm.c:368). swiotlb copies when it maps (kernel/dma/swiotlb.c:1462) and when it unmaps (kernel/dma/swiotlb.c:1567) and not in between.`,
    fix: "For own buffers `dma_alloc_attrs()`; for user memory and imports there is none but syncing around each submission, or refusing them where `dma_need_sync()` is true.",
    confidence: "Certain for TTM's buffers and userptr. For dma-buf the exporter may sync between `begin_cpu_access` and `end_cpu_access` (drivers/dma-buf/heaps/system_heap.c:154-170); the workload has no such bracket, and an importer that is mapped for hours has no moment for it.",
  },
  {
    id: "unmap-overwrites",
    title: "Ending a userptr or an import copies the bounce buffer over what the CPU wrote meanwhile",
    status: "consequence",
    refs: [O3],
    causes: [
      { rule: "stale-view", cause: "overwritten by bo_destroy" },
      { rule: "bounce-leak", cause: "what bo_destroy copied, given back by bo_destroy" },
    ],
    why: `\`amdgpu_ttm_tt_unpin_userptr()\` (drivers/gpu/drm/amd/amdgpu/amdgpu_ttm.c:868) and \`dma_buf_unmap_attachment()\` unmap in both directions and without \`DMA_ATTR_SKIP_CPU_SYNC\`:
\`__swiotlb_tbl_unmap_single()\` copies all of the slot back (kernel/dma/swiotlb.c:1567), also where the device wrote nothing. Whatever the process stored in its own memory since it was pinned is
undone: it is not only that the GPU does not see it, but the process loses its own data when it frees the GPU buffer.`,
    fix: "As before; unmapping with `DMA_ATTR_SKIP_CPU_SYNC` would save the CPU's data and lose the device's.",
    confidence: "Certain for userptr that is writable for the GPU in SEV, SNP and TDX guests and for SME hosts with a mask below the C-bit and no translated domain. The trace shows an import, which is one step shorter.",
  },
  {
    id: "bounced-move-and-swap",
    title: "Evicting a bounced buffer carries the device's copy along and drops the CPU's",
    status: "consequence",
    refs: [O3],
    causes: [
      { rule: "stale-view", cause: "not carried along by bo_move by the device" },
      { rule: "stale-view", cause: "not carried along by bo_swapout, bo_swapin" },
    ],
    why: `A copy engine that moves a buffer to VRAM reads the slot, which misses what the CPU has written since the mapping was made. On the way to SYSTEM, before swapping,
\`xe_bo_move()\` unmaps (drivers/gpu/drm/xe/xe_bo.c:875): the slot is copied over the page, and \`ttm_tt_swapout()\` (drivers/gpu/drm/ttm/ttm_tt.c:295) stores the older contents. Both happen under memory
pressure, at any time, to a buffer that nobody has done anything wrong with.`,
    fix: "As for the buffers themselves: pages from `dma_alloc_attrs()`.",
    confidence: "Certain where xe or a discrete i915 is passed through to a guest, or on SME without a translated domain where the mask is below the C-bit.",
  },
  {
    id: "userptr-decrypted",
    title: "TTM_TT_FLAG_DECRYPTED on buffers whose pages TTM did not allocate",
    status: "new",
    refs: ["B01, commit 71ce046327cf, which brought the flag"],
    causes: [],
    litmus: ["litmus/open/o-userptr-decrypted.litmus"],
    why: `\`ttm_tt_create()\` (drivers/gpu/drm/ttm/ttm_tt.c:94) sets the flag by device and machine, before anybody knows where the pages will come from, and for \`ttm_bo_type_sg\` too. A userptr buffer's
pages are a process's: private. \`ttm_bo_kmap()\` takes the \`vmap()\` path because of the flag (drivers/gpu/drm/ttm/ttm_bo_util.c:363) and \`ttm_io_prot()\` takes the C-bit away: the kernel reads ciphertext (SEV, SNP) or
faults (TDX). Without the flag \`kmap()\` of a cached page would be right. In the tree, \`amdgpu_cs_patch_ibs()\` maps whatever buffer an indirect buffer of an old video engine lies in (drivers/gpu/drm/amd/amdgpu/amdgpu_cs.c:1085).`,
    fix: "Set the flag where the pages are allocated (`ttm_pool_alloc()`), or not for tts with `TTM_TT_FLAG_EXTERNAL` and clear it where a driver fills `pages[]` with user memory.",
    confidence: "The attribute is certain. That a driver maps such a buffer in a guest is rare: it takes a userptr as command buffer of UVD or VCE.",
  },
  {
    id: "vram-memtype",
    title: "VRAM that a driver calls cached: UC- for user space, write-back for the kernel",
    status: "new",
    refs: [],
    causes: [{ rule: "alias-caching", cause: "UC- by ttm_io_prot (drivers/gpu/drm/ttm/ttm_bo_util.c) against WB by __ioremap_caller" }],
    why: `\`vmw_ttm_io_mem_reserve()\` says \`ttm_cached\` (drivers/gpu/drm/vmwgfx/vmwgfx_ttm_buffer.c:452) and, unlike amdgpu and radeon, reserves no type for the BAR. A user fault goes through \`track_pfn_insert()\`
(arch/x86/mm/pat/memtype.c:1069), which asks \`lookup_memtype()\` (arch/x86/mm/pat/memtype.c:654): UC- while nobody has reserved the page, whatever \`ttm_io_prot()\` said. A later \`ttm_bo_vmap()\` is \`ioremap_cache()\`, which
\`pat_x_mtrr_type()\` grants as write-back where the MTRRs have the BAR so. That is what \`guest_force_mtrr_state(NULL, 0, MTRR_TYPE_WRBACK)\` makes of the whole address space in guests with vTOM (arch/x86/hyperv/ivm.c:684);
KVM's guests leave the PCI hole below 4 GiB uncacheable (arch/x86/kernel/kvm.c:1033).`,
    fix: "`arch_io_reserve_memtype_wc()` for the BAR at probe, as amdgpu does (drivers/gpu/drm/amd/amdgpu/amdgpu_object.c:965), and `ttm_write_combined`; or `hv_vtom_init()` with a range for MMIO, as KVM's has.",
    confidence: "The mismatch is certain wherever the MTRRs have the BAR write-back. vmwgfx on Hyper-V is not a real pair; a BAR above 4 GiB under firmware whose default type is write-back is (the simulated machine has BARs uncacheable there).",
  },
  {
    id: "arm64-write-combined",
    title: "arm64: write-combined buffers keep a write-back linear map",
    status: "known",
    refs: ["`drm_arch_can_wc_memory()` (include/drm/drm_cache.h:46-73), by which amdgpu and radeon leave write-combining out on arm64"],
    causes: [
      { rule: "alias-caching", cause: "WB by PAGE_KERNEL (arch/arm64/include/asm/pgtable-prot.h) against WC by ttm_bo_kmap (drivers/gpu/drm/ttm/ttm_bo_util.c)" },
      { rule: "alias-caching", cause: "WB by PAGE_KERNEL (arch/arm64/include/asm/pgtable-prot.h) against WC by ttm_io_prot (drivers/gpu/drm/ttm/ttm_bo_util.c)" },
    ],
    why: `TTM's pool changes the type of the linear map on x86 only (drivers/gpu/drm/ttm/ttm_pool.c:40-42); \`ttm_prot_from_caching()\` gives write-combining on arm64 as well. The page is then mapped Normal-NC and Normal-WB at once,
which Arm calls mismatched attributes: coherency may be lost. It has nothing to do with realms; \`cca\` is the arm64 machine here. TTM leaves it to drivers not to ask.`,
    fix: "Let `ttm_tt_init()` look at `drm_arch_can_wc_memory()`.",
    confidence: "The mapping is certain; the drivers that would ask for it are those that do not look at `drm_arch_can_wc_memory()`, such as nouveau for buffers that are to be coherent on a device that is not (drivers/gpu/drm/nouveau/nouveau_sgdma.c:76).",
  },
];
