// SPDX-License-Identifier: MIT
// Expected attributes are retyped from arch/x86/mm/ioremap.c:254-266 (decrypted), arch/x86/mm/pgprot.c:27-62 (user mappings encrypted),
// arch/x86/mm/pat/set_memory.c:2309-2395 for caching, arch/x86/coco/tdx/tdx.c:922-1010 (kexec); PAT from arch/x86/mm/pat/memtype.c.

import { describe, expect, it } from "vitest";
import type { Configuration, Kernel, Operation, StepResult, View } from "../../kernel/index.ts";
import { DOMAIN_HOST, DOMAIN_PLAIN, PAGE_SHARED, PLATFORMS } from "../../machine/index.ts";
import { createModelFactory } from "../index.ts";
import { DRIVERS } from "../drivers/index.ts";
import { alloc_pages } from "../mm/page-alloc.ts";
import { linear_address } from "../mm/page-tables.ts";
import { bootModel } from "../test-kernel.ts";
import { native_machine_shutdown } from "../x86/reboot.ts";

function kernel(platform: string, release = "6.12", more: Partial<Configuration> = {}): Kernel {
  const p = PLATFORMS.find((x) => x.name === platform)!;
  const configuration: Configuration = { name: platform, platform: p, iommu: "off", swiotlb: "default", ...more };
  return createModelFactory({ release, policy: "decrypt-dma-alloc-guest" }).create(configuration, DRIVERS.find((d) => d.name === "vmwgfx")!);
}

function run(k: Kernel, ...operations: readonly Operation[]): StepResult {
  let last: StepResult = { outcome: "done", seen: null };
  for (const operation of operations) last = k.apply(operation);
  return last;
}

const views = (k: Kernel): unknown => k.views().map((v: View) => [v.kind, v.page, v.cBit, v.cache]);
const done = { outcome: "done" };
const einval = { outcome: "error", errno: "EINVAL" };

describe("pages", () => {
  it("are private, whatever maps them, until somebody asks for less", () => {
    const k = kernel("sev");
    run(k, { op: "page_alloc", buf: 0, pages: 1 }, { op: "vmap", buf: 0 }, { op: "user_map", buf: 0 });
    expect(views(k)).toEqual([["linear", 0, true, "WB"], ["vmap", 0, true, "WB"], ["user", 0, true, "WB"]]);
    run(k, { op: "vunmap", buf: 0 }, { op: "user_unmap", buf: 0 }, { op: "vmap", buf: 0, prot: "decrypted" }, { op: "user_map", buf: 0, prot: "decrypted" });
    expect(views(k)).toEqual([["linear", 0, true, "WB"], ["vmap", 0, false, "WB"], ["user", 0, false, "WB"]]);
  });

  it("change in the linear map alone: live mappings keep the attribute that they were made with", () => {
    const k = kernel("sev");
    run(k, { op: "page_alloc", buf: 0, pages: 2 }, { op: "vmap", buf: 0 }, { op: "set_memory_decrypted", buf: 0, page: 1 });
    expect(views(k)).toEqual([["linear", 0, true, "WB"], ["vmap", 0, true, "WB"], ["linear", 1, false, "WB"], ["vmap", 1, true, "WB"]]);
  });

  it("go back to the allocator as they are", () => {
    const k = kernel("tdx");
    run(k, { op: "page_alloc", buf: 0, pages: 1 }, { op: "set_memory_decrypted", buf: 0 });
    expect(k.health()!.freedShared).toEqual([]);
    const { pfn } = k.views()[0]!;
    expect(run(k, { op: "page_free", buf: 0 })).toMatchObject(done);
    expect(k.health()!.freedShared).toEqual([{ pfn, decrypted: true, state: PAGE_SHARED }]);
  });

  it("leave the state as it was, and three of them take three frames", () => {
    const k = kernel("none");
    const before = k.save();
    run(k, { op: "page_alloc", buf: 0, pages: 3 }, { op: "vmap", buf: 0 }, { op: "user_map", buf: 0 });
    const [a, b] = [k.views().at(-1)!.pfn, (run(k, { op: "page_alloc", buf: 1, pages: 1 }), k.views().at(-1)!.pfn)];
    expect(b).toBe(a + 1);
    run(k, { op: "page_free", buf: 1 }, { op: "vunmap", buf: 0 }, { op: "user_unmap", buf: 0 }, { op: "page_free", buf: 0 });
    expect(k.save()).toEqual(before);
  });

  it.each<[string, Operation[]]>([
    ["more pages than a buffer has room for", [{ op: "page_alloc", buf: 0, pages: 5 }]],
    ["a buffer twice", [{ op: "page_alloc", buf: 0, pages: 1 }, { op: "page_alloc", buf: 0, pages: 1 }]],
    ["free what is mapped", [{ op: "page_alloc", buf: 0, pages: 1 }, { op: "vmap", buf: 0 }, { op: "page_free", buf: 0 }]],
    ["free what is not there", [{ op: "page_free", buf: 0 }]],
    ["unmap what is not mapped", [{ op: "page_alloc", buf: 0, pages: 1 }, { op: "vunmap", buf: 0 }]],
    ["convert pages behind the end", [{ op: "page_alloc", buf: 0, pages: 1 }, { op: "set_memory_decrypted", buf: 0, page: 1 }]],
  ])("refuse: %s", (_what, operations) => {
    expect(run(kernel("sev"), ...operations)).toMatchObject(einval);
  });
});

describe("caching", () => {
  it("leaves the encryption attribute; WC takes two passes with a cache flush of each page, WB none", () => {
    const k = kernel("sev");
    run(k, { op: "page_alloc", buf: 0, pages: 2 }, { op: "set_memory_decrypted", buf: 0 });
    k.resetCosts();
    expect(run(k, { op: "set_memory_wc", buf: 0 })).toMatchObject(done);
    expect(k.costs()).toMatchObject({ tlbFlushes: 2, cacheFlushes: 4, conversions: 0 });
    expect(views(k)).toEqual([["linear", 0, false, "WC"], ["linear", 1, false, "WC"]]);
    k.resetCosts();
    expect(run(k, { op: "set_memory_wb", buf: 0 })).toMatchObject(done);
    expect(k.costs()).toMatchObject({ tlbFlushes: 1, cacheFlushes: 0 });
    k.resetCosts();
    expect(run(k, { op: "set_memory_uc", buf: 0 })).toMatchObject(done);
    expect(k.costs()).toMatchObject({ tlbFlushes: 1, cacheFlushes: 2 });
    expect(views(k)).toEqual([["linear", 0, false, "UC-"], ["linear", 1, false, "UC-"]]);
  });

  it("is what user mappings of the page get, kernel mappings not (arch/x86/mm/pat/memtype.c:1029-1067)", () => {
    const k = kernel("sev");
    run(k, { op: "page_alloc", buf: 0, pages: 1 }, { op: "set_memory_wc", buf: 0 }, { op: "vmap", buf: 0 }, { op: "user_map", buf: 0 });
    expect(views(k)).toEqual([["linear", 0, true, "WC"], ["vmap", 0, true, "WB"], ["user", 0, true, "WC"]]);
  });

  it("must go through write-back: the memtype of a page that has one is refused", () => {
    const k = kernel("none");
    expect(run(k, { op: "page_alloc", buf: 0, pages: 1 }, { op: "set_memory_wc", buf: 0 }, { op: "set_memory_uc", buf: 0 })).toMatchObject(einval);
  });
});

describe("the BAR", () => {
  it.each([["sme-zen2", false], ["sev", false], ["tdx", true], ["sev-snp-vtom", true], ["none", false]])("is mapped decrypted on %s: bit %s", (platform, bit) => {
    const k = kernel(platform);
    run(k, { op: "ioremap", buf: 0, pages: 1, caching: "wc" }, { op: "user_map", buf: 0, prot: "decrypted" });
    expect(k.views().map((v) => [v.kind, v.cBit, v.cache])).toEqual([["user", bit, "WC"], ["ioremap", bit, "WC"]]);
    expect(run(k, { op: "cpu_write", buf: 0, page: 0, alias: "user", value: 1 }, { op: "cpu_read", buf: 0, page: 0, alias: "ioremap" })).toMatchObject({ seen: { token: 1 } });
  });

  it("is out of reach of an encrypted mapping, which io_remap_pfn_range() made before f8f6ae5d077a", () => {
    const k = kernel("sme-zen2", "6.12-f8f6ae5d077a");
    run(k, { op: "ioremap", buf: 0, pages: 1 }, { op: "user_map", buf: 0, prot: "decrypted" });
    expect(run(k, { op: "cpu_read", buf: 0, page: 0, alias: "user" })).toMatchObject({ outcome: "fault", fault: { fault: "no-memory-there" } });
  });

  it("keeps the type of its first mapping, and refuses UC to whom it would give WB", () => {
    const k = kernel("none");
    run(k, { op: "ioremap", buf: 0, pages: 1, caching: "wc" }, { op: "ioremap", buf: 1, pages: 1, caching: "uc" });
    expect(k.views().map((v) => v.cache)).toEqual(["WC", "WC"]);
    const cached = kernel("sev-snp-vtom");
    expect(run(cached, { op: "ioremap", buf: 0, pages: 1, caching: "cached" }, { op: "ioremap", buf: 1, pages: 1, caching: "uc" })).toMatchObject({ errno: "ENOMEM" });
  });

  // arch/x86/mm/pat/memtype.c pat_x_mtrr_type(); arch/x86/hyperv/ivm.c hv_vtom_init() makes write-back the default.
  it.each([["none", "UC-"], ["sev-snp", "UC-"], ["sev-snp-vtom", "WB"]])("is write-back where the MTRRs are, on %s %s", (platform, cache) => {
    const k = kernel(platform);
    run(k, { op: "ioremap", buf: 0, pages: 1, caching: "cached" });
    expect(k.views().map((v) => v.cache)).toEqual([cache]);
  });

  it("leaves the state as it was", () => {
    const k = kernel("sev");
    const before = k.save();
    run(k, { op: "ioremap", buf: 0, pages: 4 }, { op: "user_map", buf: 0 }, { op: "user_unmap", buf: 0 }, { op: "iounmap", buf: 0 });
    expect(k.save()).toEqual(before);
  });
});

describe("/dev/mem", () => {
  it.each([["6.12", "done"], ["proposed", "error"]])("of private pages in a guest, in %s: %s", (release, outcome) => {
    const k = kernel("tdx", release);
    expect(run(k, { op: "page_alloc", buf: 0, pages: 1 }, { op: "user_map", buf: 0, prot: "decrypted" })).toMatchObject({ outcome });
  });

  it("goes on on an SME host, and for pages that are shared", () => {
    expect(run(kernel("sme-zen2", "proposed"), { op: "page_alloc", buf: 0, pages: 1 }, { op: "user_map", buf: 0, prot: "decrypted" })).toMatchObject(done);
    expect(run(kernel("tdx", "proposed"), { op: "page_alloc", buf: 0, pages: 1 }, { op: "set_memory_decrypted", buf: 0 }, { op: "user_map", buf: 0, prot: "decrypted" })).toMatchObject(done);
  });
});

describe("kexec", () => {
  // The new kernel clears a swiotlb pool that is still shared through a private mapping.
  it.each([
    ["tdx", "6.12", done],
    ["tdx", "6.1", { outcome: "fault", fault: { fault: "td-exit" } }],
    ["sev-snp", "6.12", { outcome: "fault", fault: { fault: "npf-rmp" } }],
    ["sev-snp", "6.12+3074152e56c9", done],
    ["sev", "6.12", done],
    ["sme-zen2", "6.12", done],
    ["none", "6.12", done],
  ])("on %s with %s", (platform, release, result) => {
    const k = kernel(platform, release);
    run(k, { op: "page_alloc", buf: 0, pages: 2 }, { op: "set_memory_decrypted", buf: 0 });
    expect(run(k, { op: "kexec" })).toMatchObject(result);
    expect(k.views()).toEqual([]);
  });

  it("leaves a page shared that no memory of the new kernel's lies on, until it is allocated", () => {
    const k = kernel("tdx", "6.12-859e63b789d6", { swiotlb: "noforce" });
    run(k, { op: "page_alloc", buf: 0, pages: 1 }, { op: "set_memory_decrypted", buf: 0 });
    expect(run(k, { op: "kexec" })).toMatchObject(done);
    expect(k.health()!.freedShared).toMatchObject([{ decrypted: false, state: PAGE_SHARED }]);
    expect(run(k, { op: "page_alloc", buf: 0, pages: 1 })).toMatchObject({ outcome: "fault", fault: { fault: "td-exit" } });
  });

  // arch/x86/kernel/process.c:839: only where CPUID 8000001F EAX[0] is set.
  it.each([["sme-zen2", DOMAIN_HOST], ["none", DOMAIN_PLAIN]] as const)("writes dirty lines back where the CPU has SME: %s", (platform, domain) => {
    const k = bootModel({ platform, coherent: false });
    const frame = alloc_pages(k, 0, false)!;
    const out = new Uint32Array(4);
    k.machine.cpuWrite(k.pgd, linear_address(frame), Uint32Array.of(1, 2, 3, 4));
    native_machine_shutdown(k);
    k.machine.memory.read(frame, 0, domain, out);
    expect([...out]).toEqual(platform === "none" ? [0, 0, 0, 0] : [1, 2, 3, 4]);
  });
});

describe("vTOM before it used the common code", () => {
  it("is not modelled", () => {
    expect(kernel("sev-snp-vtom", "6.1").boot).toMatchObject({ status: "unsupported" });
    expect(kernel("sev-snp-vtom", "6.12").boot).toEqual({ status: "ready" });
  });
});
