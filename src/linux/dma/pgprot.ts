// SPDX-License-Identifier: MIT
/** Protections of second mappings of coherent memory. */

import { WC } from "../bufs.ts";
import { is_x86, type Linux } from "../linux.ts";
import { pgprot_caching } from "../x86/memtype.ts";
import type { Pgprot } from "../x86/pgtable.ts";

/**
 * What a device that is not coherent may see at once: arm64's Normal-NC, which is what WC is here.
 * ASSUMED (may miss bugs): on x86, where the kernel has no such mappings, a device that is not coherent has them with the protection as it is.
 * @ref arch/arm64/include/asm/pgtable.h:694 (pgprot_dmacoherent)
 */
export function pgprot_dmacoherent(k: Linux, prot: Pgprot): Pgprot {
  return is_x86(k) ? prot : pgprot_caching(prot, WC);
}

/** The protection of mappings of coherent memory for this device. @ref kernel/dma/mapping.c:505-514 (dma_pgprot) */
export function dma_pgprot(k: Linux, prot: Pgprot): Pgprot {
  return k.driver.nonCoherent === true ? pgprot_dmacoherent(k, prot) : prot;
}
