// SPDX-License-Identifier: MIT
// Expected values are retyped from arch/x86/mm/pat/set_memory.c:2187-2299, arch/x86/mm/mem_encrypt_amd.c:246-312,
// arch/x86/coco/tdx/tdx.c:790-919 and arch/x86/hyperv/ivm.c:543-685; error numbers from errno-base.h: EIO 5, ENOMEM 12, EBUSY 16, EFAULT 14.

import { describe, expect, it } from "vitest";
import { equalWords, type Pfn, pfn } from "../../base/index.ts";
import { type Injectable, INJECTABLE } from "../../kernel/index.ts";
import { DOMAIN_PLAIN, PAGE_PRIVATE, PAGE_SHARED, PAGE_UNACCEPTED } from "../../machine/index.ts";
import { KernelCrash } from "../crash.ts";
import { linear_private } from "../health.ts";
import { type Linux, put } from "../linux.ts";
import { alloc_pages } from "../mm/page-alloc.ts";
import { linear_address } from "../mm/page-tables.ts";
import { bootModel } from "../test-kernel.ts";
import { set_memory_decrypted, set_memory_enc_stop_conversion, set_memory_encrypted } from "./set-memory.ts";

function fail(k: Linux, fn: Injectable, nth = 1): void {
  put(k, k.layout.inject, INJECTABLE.indexOf(fn) + 1);
  put(k, k.layout.inject + 1, nth);
}

const page = (k: Linux): Pfn => alloc_pages(k, 1, false)!;
const pair = (first: Pfn): readonly Pfn[] => [first, pfn(first + 1)];
const states = (k: Linux, first: Pfn): unknown => pair(first).map((f) => [linear_private(k, f), k.machine.pageState(f)]);

describe("every platform boots", () => {
  it.each([
    ["none", false, false],
    ["tsme", false, false],
    ["sme-zen2", true, false],
    ["sme-zen3", true, false],
    ["sme-zen4", true, false],
    ["sev", true, true],
    ["sev-es", true, true],
    ["sev-snp", true, true],
    ["sev-snp-vtom", true, true],
    ["tdx", true, true],
    ["tdx-gpaw52", true, true],
    ["cca", false, false],
  ])("%s: pool %s, bouncing forced %s", (platform, enabled, force_bounce) => {
    const k = bootModel({ platform });
    expect(k.swiotlb).toMatchObject({ enabled, force_bounce });
    const shared = k.configuration.platform.ownership === "none" ? PAGE_PRIVATE : PAGE_SHARED;
    expect(enabled ? states(k, k.swiotlb.firstPfn) : null).toEqual(enabled ? [0, 1].map(() => [false, shared]) : null);
    for (const swiotlb of ["off", "noforce"] as const) expect(bootModel({ platform, driver: "xe", swiotlb }).swiotlb.enabled).toBe(false);
  });
});

describe("a conversion there and back", () => {
  it.each([
    // platform, TLB flushes and hypercalls of two pages to shared, the same back
    ["sme-zen2", [2, 0], [2, 0]],
    ["sev", [2, 0], [2, 0]],
    ["sev-es", [2, 0], [2, 0]],
    // One batch of up to 64 entries each way.
    ["sev-snp", [2, 1], [2, 1]],
    // Not present, attribute, present: one flush each; none before.
    ["sev-snp-vtom", [3, 1], [3, 1]],
    // The first flush on private -> shared only; MapGPA, and two pages to accept on the way back.
    ["tdx", [2, 1], [1, 3]],
  ] as const)("%s", (platform, there, back) => {
    const k = bootModel({ platform });
    const first = page(k);
    const before = k.s.slice();
    const owned = k.configuration.platform.ownership !== "none";
    Object.assign(k.costs, { tlbFlushes: 0, hypercalls: 0, conversions: 0, convertedPages: 0 });
    expect(set_memory_decrypted(k, first, 2)).toBe(0);
    expect(states(k, first)).toEqual([0, 1].map(() => [false, owned ? PAGE_SHARED : PAGE_PRIVATE]));
    expect([k.costs.tlbFlushes, k.costs.hypercalls]).toEqual(there);
    expect(set_memory_encrypted(k, first, 2)).toBe(0);
    expect([k.costs.tlbFlushes - there[0], k.costs.hypercalls - there[1]]).toEqual(back);
    expect(k.costs).toMatchObject({ conversions: 2, convertedPages: 4 });
    expect(states(k, first)).toEqual([0, 1].map(() => [true, PAGE_PRIVATE]));
    // All but the contents, which a change of owner does not keep.
    expect(equalWords(k.s.slice(k.layout.tables), before.slice(k.layout.tables))).toBe(true);
  });

  it.each(["none", "tsme", "cca"])("is no work at all on %s", (platform) => {
    const k = bootModel({ platform });
    const first = page(k);
    const before = k.s.slice();
    expect(set_memory_decrypted(k, first, 2)).toBe(0);
    expect(k.s).toEqual(before);
    expect(k.costs.conversions).toBe(0);
  });

  it("flushes caches without SME_COHERENT (Zen 2) and on TDX where it flushes the TLB first", () => {
    for (const [platform, flushed] of [["sme-zen2", 4], ["sme-zen3", 0], ["sev", 0], ["tdx", 2], ["sev-snp-vtom", 0]] as const) {
      const k = bootModel({ platform });
      const first = page(k);
      k.costs.cacheFlushes = 0;
      set_memory_decrypted(k, first, 2);
      set_memory_encrypted(k, first, 2);
      expect([platform, k.costs.cacheFlushes]).toEqual([platform, flushed]);
    }
  });
});

describe("a conversion that fails", () => {
  it.each([
    // TDX: what a hook refuses is -EIO. To shared, the finish hook: the page table says shared already, the platform does not.
    ["tdx", "enc_status_change_finish", "decrypted", -5, [[false, PAGE_PRIVATE], [false, PAGE_PRIVATE]]],
    // Hyper-V: the hypercall's failure is -EFAULT; present again in spite of it.
    ["sev-snp-vtom", "enc_status_change_finish", "decrypted", -14, [[false, PAGE_PRIVATE], [false, PAGE_PRIVATE]]],
    // No memory for a split at the second page: neither rolled back nor finished.
    ["sme-zen2", "__change_page_attr", "decrypted", -12, [[false, PAGE_PRIVATE], [true, PAGE_PRIVATE]]],
    ["tdx", "__change_page_attr", "decrypted", -12, [[false, PAGE_PRIVATE], [true, PAGE_PRIVATE]]],
    // SNP has told the hypervisor before: all pages are shared there.
    ["sev-snp", "__change_page_attr", "decrypted", -12, [[false, PAGE_SHARED], [true, PAGE_SHARED]]],
    ["tdx", "set_memory_decrypted", "decrypted", -12, [[true, PAGE_PRIVATE], [true, PAGE_PRIVATE]]],
  ] as const)("%s, %s, to %s: %i", (platform, fn, _to, errno, left) => {
    const k = bootModel({ platform });
    const first = page(k);
    fail(k, fn, fn === "__change_page_attr" ? 2 : 1);
    expect(set_memory_decrypted(k, first, 2)).toBe(errno);
    expect(states(k, first)).toEqual(left);
    expect(k.warnings.length).toBe(fn.startsWith("enc_status") ? 1 : 0);
  });

  it("leaves everything shared where TDX cannot make it private", () => {
    const k = bootModel({ platform: "tdx" });
    const first = page(k);
    set_memory_decrypted(k, first, 2);
    fail(k, "enc_status_change_prepare");
    expect(set_memory_encrypted(k, first, 2)).toBe(-5);
    expect(states(k, first)).toEqual([[false, PAGE_SHARED], [false, PAGE_SHARED]]);
  });

  it("leaves pages not present where vTOM's preparation stops half way", () => {
    const k = bootModel({ platform: "sev-snp-vtom" });
    const first = page(k);
    fail(k, "__change_page_attr", 2);
    expect(set_memory_decrypted(k, first, 2)).toBe(-12);
    expect(pair(first).map((f) => k.machine.translate(k.pgd, linear_address(f)) === null)).toEqual([true, false]);
  });

  it("cannot be taken back on TDX: what the VMM has not taken cannot be accepted again", () => {
    const k = bootModel({ platform: "tdx" });
    const first = page(k);
    fail(k, "enc_status_change_finish");
    expect(set_memory_decrypted(k, first, 2)).toBe(-5);
    expect(set_memory_encrypted(k, first, 2)).toBe(-5);
    expect(states(k, first)).toEqual([[false, PAGE_PRIVATE], [false, PAGE_PRIVATE]]);
  });

  it("leaves the pages behind one that was private pending on TDX", () => {
    const k = bootModel({ platform: "tdx" });
    const first = page(k);
    set_memory_decrypted(k, (first + 1) as Pfn, 1);
    expect(set_memory_encrypted(k, first, 2)).toBe(-5);
    expect(states(k, first)).toEqual([[true, PAGE_PRIVATE], [false, PAGE_UNACCEPTED]]);
  });

  it("ends an SNP guest where PVALIDATE changes nothing, and where the page is not its own", () => {
    const k = bootModel({ platform: "sev-snp" });
    const first = page(k);
    expect(() => set_memory_encrypted(k, first, 1)).toThrow(/PVALIDATE failure/);
    set_memory_decrypted(k, (first + 1) as Pfn, 1);
    expect(() => set_memory_decrypted(k, (first + 1) as Pfn, 1)).toThrow(/npf-rmp/);
  });

  it("ends an SNP guest where the hypervisor refuses", () => {
    const k = bootModel({ platform: "sev-snp" });
    const first = page(k);
    fail(k, "enc_status_change_prepare");
    expect(() => set_memory_decrypted(k, first, 2)).toThrow(KernelCrash);
  });

  it.each([
    // arch/x86/mm/pat/set_memory.c of 6.1, lines 2113-2170: -EIO and no WARN; then WARN; then the hook's own error.
    ["tdx", "6.1", -5, 0],
    ["tdx", "6.12-99c5c4c60e0d", -5, 1],
    ["sev-snp-vtom", "6.12-99c5c4c60e0d", -5, 1],
    ["sev-snp-vtom", "6.12-82ace185017f", -14, 0],
    ["sev-snp-vtom", "6.12", -14, 1],
  ])("on %s in %s is %i with %i warning(s)", (platform, release, errno, warnings) => {
    const k = bootModel({ platform, release });
    const first = page(k);
    fail(k, "enc_status_change_finish");
    expect(set_memory_decrypted(k, first, 2)).toBe(errno);
    expect(k.warnings.length).toBe(warnings);
  });

  it("is -EBUSY after kexec stopped conversions", () => {
    const k = bootModel({ platform: "tdx" });
    set_memory_enc_stop_conversion(k);
    expect(set_memory_decrypted(k, page(k), 2)).toBe(-16);
  });
});

describe("a realm that knows that it is one (42be24a4178f)", () => {
  const realm = (): Linux => bootModel({ platform: "cca", release: "6.12+42be24a4178f" });

  it("bounces everything through a pool that it shared", () => {
    const k = realm();
    expect(k.swiotlb).toMatchObject({ enabled: true, force_bounce: true });
    expect(states(k, k.swiotlb.firstPfn)).toEqual([0, 1].map(() => [false, PAGE_SHARED]));
  });

  it("breaks before it makes: two TLB flushes and one call to the realm manager each way", () => {
    const k = realm();
    const first = page(k);
    Object.assign(k.costs, { tlbFlushes: 0, hypercalls: 0, cacheFlushes: 0 });
    expect(set_memory_decrypted(k, first, 2)).toBe(0);
    expect(k.costs).toMatchObject({ tlbFlushes: 2, hypercalls: 1, cacheFlushes: 0 });
    expect(states(k, first)).toEqual([0, 1].map(() => [false, PAGE_SHARED]));
    expect(set_memory_encrypted(k, first, 2)).toBe(0);
    expect(states(k, first)).toEqual([0, 1].map(() => [true, PAGE_PRIVATE]));
  });

  it("leaves pages that could not be shared invalid, with a WARN", () => {
    const k = realm();
    const first = page(k);
    fail(k, "enc_status_change_finish");
    expect(set_memory_decrypted(k, first, 2)).toBe(-1);
    expect(k.warnings).toEqual([expect.stringContaining("Failed to decrypt memory, 2 pages will be leaked")]);
    expect(pair(first).map((f) => k.machine.translate(k.pgd, linear_address(f)))).toEqual([null, null]);
  });
});

describe("dirty lines", () => {
  // With the old attribute: without SME_COHERENT they are flushed before the page table changes, else the next write-back would undo
  // what was written with the new one (arch/x86/kernel/process.c:827-837).
  it.each([["sme-zen2", true], ["sme-zen3", false]])("on %s: flushed before %s", (platform, flushed) => {
    const k = bootModel({ platform, coherent: false });
    const first = page(k);
    const out = new Uint32Array(4);
    k.machine.cpuWrite(k.pgd, linear_address(first), Uint32Array.of(1, 2, 3, 4));
    set_memory_decrypted(k, first, 1);
    k.machine.memory.write(first, 0, DOMAIN_PLAIN, Uint32Array.of(9, 9, 9, 9));
    k.machine.wbinvd();
    k.machine.memory.read(first, 0, DOMAIN_PLAIN, out);
    expect([...out].every((w) => w === 9)).toBe(flushed);
  });
});
