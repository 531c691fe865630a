// SPDX-License-Identifier: MIT
/**
 * pgprot_t as a number: the bits of a leaf entry without its address. NX (bit 63) is left out.
 * Refs: arch/x86/include/asm/pgtable_types.h, arch/x86/include/asm/pgtable.h:41-42.
 */

import { PTE_ACCESSED, PTE_DIRTY, PTE_GLOBAL, PTE_PRESENT, PTE_RW, PTE_USER } from "../../machine/index.ts";
import type { Linux } from "../linux.ts";
import { cc_mkdec, cc_mkenc } from "./coco-core.ts";

export type Pgprot = number;

/** Encrypted where memory encryption is on. @ref arch/x86/include/asm/pgtable_types.h:251 PAGE_KERNEL */
export function PAGE_KERNEL(k: Linux): Pgprot {
  return cc_mkenc(k, PTE_PRESENT + PTE_RW + PTE_ACCESSED + PTE_DIRTY + PTE_GLOBAL);
}

/** A shared, writable user mapping: encrypted as well. @ref arch/x86/mm/pgprot.c:35-62 (vm_get_page_prot), arch/x86/mm/pgprot.c:27-33 (add_encrypt_protection_map) */
export function vm_get_page_prot(k: Linux): Pgprot {
  return cc_mkenc(k, PTE_PRESENT + PTE_RW + PTE_USER + PTE_ACCESSED);
}

/** @ref arch/x86/include/asm/pgtable.h:41 */
export function pgprot_encrypted(k: Linux, prot: Pgprot): Pgprot {
  return cc_mkenc(k, prot);
}

/** @ref arch/x86/include/asm/pgtable.h:42 */
export function pgprot_decrypted(k: Linux, prot: Pgprot): Pgprot {
  return cc_mkdec(k, prot);
}
