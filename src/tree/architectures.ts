// SPDX-License-Identifier: MIT
/** The architectures that modules are compiled for. */

import type { Chooser } from "../kernel/index.ts";
import type { PageTableFormat, Platform } from "../machine/index.ts";

/** kbuild's ARCH. */
export type ArchitectureName = "x86_64" | "arm64";

export interface Architecture {
  readonly name: ArchitectureName;
  /** Its folder in the tree. */
  readonly folder: string;
  /** How the kernel writes its page tables. */
  readonly pageTables: PageTableFormat;
  /** Where static data starts in wasm memory, a multiple of 64 KiB; the stack lies below 64 KiB. */
  readonly globalBase: number;
  /** Simulated RAM lies at or above this address. */
  readonly lowestRam: number;
  /** Which protection the linear map has from boot on, and where it is defined. */
  readonly linearMap: Chooser;
}

/** `page_offset_base` and `vmemmap_base` are variables, which the guest sets (guest/x86/cpu.c). */
const X86_64: Architecture = { name: "x86_64", folder: "arch/x86", pageTables: "x86-64", globalBase: 0x10000, lowestRam: 0, linearMap: { function: "PAGE_KERNEL", file: "arch/x86/include/asm/pgtable_types.h" } };

/**
 * PAGE_OFFSET and VMEMMAP_START are constants. With the `memstart_addr` of guest/arm64/cpu.c, the low 32 bits of a linear
 * address are the physical one, and those of a struct page its physical address / 64: RAM from 4 to 32 MiB has its struct
 * pages between stack and data, from 64 to 512 KiB.
 */
const ARM64: Architecture = { name: "arm64", folder: "arch/arm64", pageTables: "arm64", globalBase: 0x80000, lowestRam: 4 << 20, linearMap: { function: "PAGE_KERNEL", file: "arch/arm64/include/asm/pgtable-prot.h" } };

const ARCHITECTURES: Readonly<Record<ArchitectureName, Architecture>> = { x86_64: X86_64, arm64: ARM64 };

/** The architecture of the kernels that boot on a platform. */
export function architectureOn(platform: Platform): ArchitectureName {
  return platform.encryption === "cca" ? "arm64" : "x86_64";
}

export function architecture(name: ArchitectureName): Architecture {
  return ARCHITECTURES[name];
}
