// SPDX-License-Identifier: MIT
/** The C files of src/tree/guest: which part of the kernel each stands for, and why it is ours. */

export interface Shim {
  /** In src/tree/guest. */
  readonly file: string;
  /** What it stands for. */
  readonly for: string;
  readonly reason: string;
}

export const SHIMS: readonly Shim[] = [
  { file: "driver-generic/driver.c", for: "a DRM driver's TTM glue", reason: "the device profile's masks, allocation style and own mappings are its parameters" },
  { file: "driver-own/drm.c", for: "drivers/gpu/drm/drm_drv.c", reason: "the fields of a drm_device that TTM and GEM read" },
  { file: "driver-own/volatile.c", for: "nothing of the kernel's", reason: "what a driver reads and writes through a mapping is the machine's" },
  { file: "driver-own/io.c", for: "arch/x86/mm/ioremap.c", reason: "registers of a driver's device are objects of ours" },
  { file: "driver-qxl/probe.c", for: "the PCI core, QEMU's qxl", reason: "the device's ROM, RAM header and ports; the driver's own probe runs above them" },
  { file: "driver-qxl/outside.c", for: "mm/shmem.c", reason: "a file for each buffer that TTM does not use" },
  { file: "driver-radeon/probe.c", for: "the PCI core, a Radeon", reason: "a chip without rings; the driver's own probe runs above it" },
  { file: "driver-amdgpu/probe.c", for: "the PCI core, an AMD GPU", reason: "a chip without rings, and its VRAM; the driver's own memory controller blocks run above it" },
  ...[6, 7, 8, 9, 10, 11, 12].map((v) => ({ file: `driver-amdgpu/gmc${v}.c`, for: "nothing of the kernel's", reason: `the tree's gmc_v${v}_0.c is part of it, so that its static functions can be called` })),
  { file: "driver-vmwgfx/probe.c", for: "the PCI core, VMware's SVGA II", reason: "the device's registers; the driver's own probe runs above them" },
  { file: "driver-vmwgfx/buffer.c", for: "vmwgfx_gem.c, vmwgfx_execbuf.c", reason: "asks the driver for buffers and placements as its ioctls do" },
  { file: "driver-vmwgfx/outside.c", for: "vmwgfx_cmd.c", reason: "the device takes commands at once" },
  { file: "contract/buffer.c", for: "a DRM driver's ioctls, mmap and fault handler", reason: "each operation enters TTM as a driver would" },
  { file: "contract/pool.c", for: "mm/shrinker.c", reason: "memory pressure is an operation, one chunk at a time" },
  { file: "common/shrinker.c", for: "mm/shrinker.c", reason: "keeps the shrinker that TTM registers" },
  { file: "contract/buf.c", for: "nothing of the kernel's", reason: "keeps what the operations of the DMA API and of memory management got, and tells the host where pages of buffers are" },
  { file: "contract/dma.c", for: "a driver's calls of the DMA API", reason: "each operation enters the DMA layer as a driver would" },
  { file: "contract/mm.c", for: "a driver's calls of memory management", reason: "pages, vmap(), user mappings, set_memory_*(), as a driver calls them" },
  { file: "contract/inject.c", for: "nothing of the kernel's", reason: "the nth call of a kernel function fails where an operation asks for it" },
  { file: "contract/quiet.c", for: "nothing of the kernel's", reason: "what is remembered and makes no difference any more is forgotten, so that states which behave alike are equal" },
  { file: "contract/observe.c", for: "nothing of the kernel's", reason: "the host asks for frames and addresses between operations" },
  { file: "arm64/cpu.c", for: "arch/arm64/kernel/cpufeature.c, the linker script", reason: "the one CPU's registers and capabilities, and where the linear map and struct pages lie" },
  { file: "arm64/boot.c", for: "arch/arm64/kernel/head.S, init/main.c", reason: "calls the slice's own initialisation in the kernel's order" },
  { file: "arm64/iommu.c", for: "drivers/iommu/arm", reason: "an identity domain without the hardware; core and DMA layer are the tree's" },
  { file: "arm64/memory.c", for: "arch/arm64/lib/clear_page.S, arch/arm64/mm/cache.S", reason: "contents of page frames are the machine's" },
  { file: "arm64/smp.c", for: "kernel/smp.c, kernel/rcu/tree.c", reason: "what a kernel for one CPU has inline, arm64's for several calls" },
  { file: "arm64/string.c", for: "arch/arm64/lib (strlen and its kin)", reason: "the tree has them in assembly only" },
  { file: "common/limits.c", for: "nothing of the kernel's", reason: "ends what cannot be followed: loops without an end, plain stores to page contents" },
  { file: "common/no-inject.c", for: "nothing of the kernel's", reason: "modules without operations that inject failures" },
  { file: "common/bounce.c", for: "drivers/of/of_reserved_mem.c", reason: "the device's bounce pool as the machine's options have it" },
  { file: "common/pages.c", for: "mm/page_alloc.c, mm/memblock.c", reason: "frames of simulated RAM are given out lowest first, so that runs repeat and equal states have equal bytes" },
  { file: "common/heap.c", for: "mm/slub.c, mm/util.c", reason: "kernel objects live beside simulated RAM, at addresses that do not depend on history" },
  { file: "common/vmap.c", for: "mm/vmalloc.c, arch/x86/mm/ioremap.c", reason: "mappings go into page tables that the machine walks, with the protection that the kernel chose" },
  { file: "common/user.c", for: "mm/memory.c, mm/mmap.c", reason: "one process with one VMA for each buffer is all that a fault needs" },
  { file: "common/remap.c", for: "mm/memory.c", reason: "ranges of user space, with the cache types of the tree's memtype.c" },
  { file: "common/memory.c", for: "arch/x86/lib (memset, memcpy, copy_page)", reason: "contents of page frames are the machine's" },
  { file: "common/sched.c", for: "kernel/sched, kernel/workqueue.c, kernel/rcu", reason: "one task: queued work runs when the operation is over, a wait that nobody can end is a deadlock" },
  { file: "x86/cpu.c", for: "arch/x86/kernel/cpu, the linker script", reason: "the one CPU's per-CPU words and features, as the platform has them" },
  { file: "x86/msr.c", for: "nothing of the kernel's", reason: "the GHCB register belongs to the state" },
  { file: "x86/firmware.c", for: "boot loader and firmware", reason: "sme_enable() asks boot_params, and in an SNP guest the firmware's CPUID page" },
  { file: "x86/hyperv.c", for: "arch/x86/kernel/cpu/mshyperv.c, arch/x86/hyperv/hv_init.c", reason: "what they find of an isolated VM, without timers, interrupts and the VMBus" },
  { file: "x86/tdcall.c", for: "arch/x86/coco/tdx/tdcall.S before 6.7", reason: "it is assembly, and passes registers in other structures than later releases" },
  { file: "x86/paravirt.c", for: "arch/x86/kernel/paravirt.c", reason: "the table of functions that a hypervisor's code replaces; calls through it have lost their types in the tree's assembly" },
  { file: "common/options.c", for: "nothing of the kernel's", reason: "the host describes the machine before it boots" },
  { file: "x86/boot.c", for: "arch/x86/kernel/head_64.S, init/main.c", reason: "calls the slice's own initialisation in the kernel's order" },
  { file: "common/device.c", for: "drivers/base, drivers/pci", reason: "the one device" },
  { file: "x86/iommu.c", for: "drivers/iommu/amd/iommu.c", reason: "attaches domains without the hardware; page tables and DMA layer are the tree's" },
  { file: "common/log.c", for: "kernel/printk, kernel/panic.c", reason: "messages become events; the tree's vsnprintf formats them" },
  { file: "common/data.c", for: "variables of files outside the slice", reason: "the slice reads them" },
  { file: "kunit/runner.c", for: "init/main.c, drivers/base/init.c", reason: "starts KUnit's own executor on what the host asks for" },
  { file: "kunit/thread.c", for: "kernel/kthread.c, kernel/sched/core.c", reason: "WebAssembly has one stack: a thread runs inside the one that waits" },
  { file: "kunit/time.c", for: "kernel/time/tick-common.c, timekeeping.c, kernel/softirq.c", reason: "time passes while every thread waits; the timers are the tree's" },
  { file: "kunit/files.c", for: "mm/shmem.c, fs/libfs.c", reason: "buffers are swapped out to files, DRM devices have inodes; there is no file system" },
  { file: "kunit/sysfs.c", for: "fs/sysfs/dir.c", reason: "two objects of one parent cannot have the same name" },
  { file: "kunit/misc.c", for: "mm/util.c, drivers/char/random.c, variables of files outside the slice", reason: "suites use a few functions of each; random numbers are the same in every run" },
  { file: "kunit-lib/checksum.c", for: "arch/x86/lib/csum-partial_64.c, csum-wrappers_64.c", reason: "nothing but these files, which kbuild cannot make alone without a race" },
];
