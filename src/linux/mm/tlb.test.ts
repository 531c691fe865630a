// SPDX-License-Identifier: MIT
// What is flushed when is retyped from arch/x86/mm/pat/set_memory.c:399-433,2205-2226 (cpa_flush), mm/vmalloc.c:2306-2987 (lazily, at
// purge), mm/memory.c:1582-1700 (before unmap_mapping_range() returns).

import { describe, expect, it } from "vitest";
import { type Pfn, pfn, type VirtAddr } from "../../base/index.ts";
import { leafTranslation } from "../../machine/index.ts";
import type { Linux } from "../linux.ts";
import { bootModel } from "../test-kernel.ts";
import { user_address } from "../ttm/bo-vm.ts";
import { PAGE_KERNEL, pgprot_decrypted } from "../x86/pgtable.ts";
import { set_memory_decrypted } from "../x86/set-memory.ts";
import { zap_pte } from "./memory.ts";
import { alloc_pages } from "./page-alloc.ts";
import { change_leaf, leaf_bits, linear_address, set_leaf } from "./page-tables.ts";
import { vm_unmap_aliases, vmap, vunmap } from "./vmalloc.ts";

const withTlb = (platform = "sev"): Linux => bootModel({ platform, tlb: true });

/** The attribute bit that the CPU sees, and the one that the tables have. */
function bits(k: Linux, va: VirtAddr): { cpu: boolean | undefined; table: boolean | undefined } {
  const [lo, hi] = leaf_bits(k, va);
  return { cpu: k.machine.translate(k.pgd, va)?.cBit, table: leafTranslation(lo, hi, va, k.configuration.platform.cBit)?.cBit };
}

describe("with a TLB", () => {
  it.each(["none", "sme-zen2", "sme-zen3", "sev", "sev-snp", "sev-snp-vtom", "tdx"])("boot on %s leaves nothing stale behind", (platform) => {
    expect(withTlb(platform).machine.tlb!.empty).toBe(true);
  });

  it("an entry that is changed without a flush stays as it was for the CPU", () => {
    const k = withTlb();
    const va = linear_address(alloc_pages(k, 0, false)!);
    set_leaf(k, va, pfn(va % 2 ** 40 / 4096), pgprot_decrypted(k, PAGE_KERNEL(k)));
    expect(bits(k, va)).toEqual({ cpu: true, table: false });
  });

  it.each(["sme-zen2", "sev", "sev-snp", "sev-snp-vtom", "tdx"])("set_memory_decrypted() flushes on %s", (platform) => {
    const k = withTlb(platform);
    const frame: Pfn = alloc_pages(k, 0, false)!;
    set_memory_decrypted(k, frame, 1);
    const shared = k.configuration.platform.setMeansShared;
    expect(bits(k, linear_address(frame))).toEqual({ cpu: shared, table: shared });
    expect(k.machine.tlb!.empty).toBe(true);
  });

  it("vunmap() leaves its translation until the space is purged, and nobody gets the address before", () => {
    const k = withTlb();
    const frame = alloc_pages(k, 0, false)!;
    const first = vmap(k, [frame], PAGE_KERNEL(k));
    vunmap(k, first, 1);
    expect(bits(k, first)).toEqual({ cpu: true, table: undefined });
    const second = vmap(k, [frame], pgprot_decrypted(k, PAGE_KERNEL(k)));
    expect(second).not.toBe(first);
    vm_unmap_aliases(k);
    expect(bits(k, first)).toEqual({ cpu: undefined, table: undefined });
    expect(vmap(k, [frame], pgprot_decrypted(k, PAGE_KERNEL(k)))).toBe(first);
    expect(bits(k, first)).toEqual({ cpu: false, table: false });
  });

  it("is purged by itself where vmalloc space runs out", () => {
    const k = withTlb();
    const frame = alloc_pages(k, 0, false)!;
    const all = Array.from({ length: 32 }, () => vmap(k, [frame], PAGE_KERNEL(k)));
    vunmap(k, all[0]!, 1);
    expect(k.machine.tlb!.empty).toBe(false);
    expect(vmap(k, [frame], PAGE_KERNEL(k))).toBe(all[0]);
    expect(k.machine.tlb!.empty).toBe(true);
  });

  it("zap_pte() flushes before it returns", () => {
    const k = withTlb();
    const va = user_address(0, 0);
    set_leaf(k, va, alloc_pages(k, 0, false)!, PAGE_KERNEL(k));
    zap_pte(k, va);
    expect(bits(k, va)).toEqual({ cpu: undefined, table: undefined });
  });

  it("a change that changes nothing holds nothing", () => {
    const k = withTlb();
    expect(change_leaf(k, linear_address(alloc_pages(k, 0, false)!), 0, 0)).toBe(false);
    expect(k.machine.tlb!.empty).toBe(true);
  });
});
