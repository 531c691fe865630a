// SPDX-License-Identifier: MIT
/** Root causes of replays that are put together by hand. */

import { describe, expect, it } from "vitest";
import { pfn } from "../base/index.ts";
import type { Operation, StepResult, View } from "../kernel/index.ts";
import { DOMAIN_HOST, DOMAIN_PLAIN, type Domain, PAGE_PRIVATE, PAGE_SHARED } from "../machine/index.ts";
import type { ReplayStep } from "./replay.ts";
import { rootCauseOf } from "./root-cause.ts";
import { parseStep } from "./trace.ts";

const DONE: StepResult = { outcome: "done", seen: null };

function view(kind: View["kind"], domain: Domain, by: string, frame = 1, buf = 0): View {
  return { buf, page: 0, kind, pfn: pfn(frame), address: "0x0", cBit: domain !== DOMAIN_PLAIN, domain, cache: kind === "device" ? null : "WB", chosenBy: { function: by, file: `${by}.c:7` } };
}

function step(text: string, views: readonly View[] = [], more: Partial<ReplayStep> = {}): ReplayStep {
  return { operation: parseStep(text, 1), result: DONE, events: [], views, changes: [], health: null, expected: null, violations: [], ...more };
}

function read(storedIn: Domain, readIn: Domain, token: number | null = null): Partial<ReplayStep> {
  return { result: { outcome: "done", seen: { bytes: "00".repeat(16), token, storedIn, readIn } }, expected: 3 };
}

const failed = (from: string): Partial<ReplayStep> => ({ result: { outcome: "error", errno: "ENOMEM", from } });

describe("root causes", () => {
  const linear = view("linear", DOMAIN_PLAIN, "decrypt");
  const vmap = view("vmap", DOMAIN_HOST, "io_prot");
  const device = view("device", DOMAIN_PLAIN, "dma");

  it("name the odd one out: views that agree with the linear map follow the page", () => {
    const views = [linear, view("kmap", DOMAIN_PLAIN, "kmap"), vmap, device];
    const expected = "encrypted by io_prot (io_prot.c) against plain by decrypt (decrypt.c)";
    expect(rootCauseOf("alias-attribute", [step("bo_vmap", views)])).toBe(expected);
    expect(rootCauseOf("ciphertext-read", [step("cpu_write:vmap", views), step("dev_read", views, read(DOMAIN_HOST, DOMAIN_PLAIN))])).toBe(expected);
    expect(rootCauseOf("ciphertext-read", [step("dev_write:value=3", views), step("cpu_read:vmap", views, read(DOMAIN_PLAIN, DOMAIN_HOST))])).toBe(expected);
    // Here the page is encrypted, and the device is what does not go with it.
    const other = [view("linear", DOMAIN_HOST, "boot"), vmap, device];
    expect(rootCauseOf("alias-attribute", [step("bo_vmap", other)])).toBe("encrypted by boot (boot.c) against plain by dma (dma.c)");
  });

  it("tell a standing disagreement from a copy that lost the contents, and from one that the reader does not go with", () => {
    const before = [linear, vmap, device];
    const moved = [view("user", DOMAIN_PLAIN, "io_fault", 9)];
    const write = step("cpu_write:vmap", before);
    expect(rootCauseOf("ciphertext-read", [write, step("bo_move:to=vram"), step("bo_fault", moved), step("cpu_read:user", moved, read(DOMAIN_PLAIN, DOMAIN_PLAIN))])).toBe("encrypted by io_prot (io_prot.c), lost in bo_move");
    const again = [view("linear", DOMAIN_PLAIN, "decrypt", 5), view("vmap", DOMAIN_HOST, "io_prot", 5)];
    const swapped = [write, step("bo_swapout"), step("bo_swapin", again), step("cpu_read:vmap", again, read(DOMAIN_PLAIN, DOMAIN_HOST))];
    expect(rootCauseOf("ciphertext-read", swapped)).toBe("encrypted by io_prot (io_prot.c) against plain by bo_swapout, bo_swapin");
  });

  it("tell why a write is missed: a bounce, a move, a copy over it, a cache line", () => {
    const own = view("linear", DOMAIN_PLAIN, "boot");
    const cached = view("vmap", DOMAIN_HOST, "io_prot");
    const slot = view("device", DOMAIN_PLAIN, "swiotlb", 8);
    const stale = read(DOMAIN_PLAIN, DOMAIN_PLAIN);
    const write = step("cpu_write:linear:value=3", [own, slot]);
    expect(rootCauseOf("stale-view", [write, step("dev_read", [own, slot], stale)])).toBe("two copies by swiotlb (swiotlb.c), handed over by nobody");
    expect(rootCauseOf("stale-view", [write, step("dma_sync_for_device", [own, slot]), step("dev_read", [own, slot], stale)])).toBe("two copies by swiotlb (swiotlb.c), handed over by dma_sync_for_device");
    const over = [step("cpu_write:linear:value=3", [own]), step("bo_populate", [own]), step("cpu_read:linear", [own], stale)];
    expect(rootCauseOf("stale-view", over)).toBe("overwritten by bo_populate");
    const moved = view("linear", DOMAIN_PLAIN, "boot", 4);
    expect(rootCauseOf("stale-view", [step("cpu_write:linear:value=3", [own]), step("bo_move:to=tt:by=device", [moved]), step("cpu_read:linear", [moved], stale)])).toBe("not carried along by bo_move by the device");
    expect(rootCauseOf("stale-view", [step("cpu_write:linear:value=3", [own, cached]), step("cpu_read:vmap", [own, cached], stale)])).toBe("in a cache: encrypted by io_prot (io_prot.c) against plain by boot (boot.c)");
  });

  it("tell failures apart by function and error, not by operation", () => {
    expect(rootCauseOf("mapping-failed", [step("bo_populate", [], failed("ttm_tt_populate"))])).toBe(rootCauseOf("mapping-failed", [step("bo_swapin", [], failed("ttm_tt_populate"))]));
    expect(rootCauseOf("mapping-failed", [step("bo_populate", [], failed("vmap"))])).toBe("vmap returned -ENOMEM");
  });

  it("tell pages that are given back by the operation, what it returned and what was made to fail", () => {
    const freed: Partial<ReplayStep> = { health: { freedShared: [{ pfn: pfn(5), decrypted: true, state: PAGE_SHARED }], mismatched: [], needless: [] } };
    const fail: Operation = { op: "fail", function: "set_memory_encrypted" };
    expect(rootCauseOf("freed-shared", [step("bo_populate"), { ...step("bo_populate"), operation: fail }, step("dma_free", [], freed)])).toBe("decrypted and shared after dma_free, set_memory_encrypted failing");
    expect(rootCauseOf("freed-shared", [step("dma_alloc", [], { ...freed, ...failed("dma_alloc_attrs") })])).toBe("decrypted and shared after dma_alloc (dma_alloc_attrs returned -ENOMEM)");
    const mismatched: Partial<ReplayStep> = { health: { freedShared: [], mismatched: [{ buf: 0, page: 0, pfn: pfn(5), state: PAGE_SHARED, linearPrivate: true }], needless: [] } };
    expect(rootCauseOf("page-state", [step("kexec", [], mismatched)])).toBe("private in the linear map and shared after kexec");
    expect(rootCauseOf("freed-shared", [step("page_free", [], { health: { freedShared: [{ pfn: pfn(5), decrypted: true, state: PAGE_PRIVATE }], mismatched: [], needless: [] } })])).toBe("decrypted and private after page_free");
  });

  it("name a view's kind where a kernel does not know who chose it", () => {
    const unknown: View = { ...vmap, chosenBy: { function: "", file: "" } };
    expect(rootCauseOf("alias-attribute", [step("bo_vmap", [linear, unknown])])).toBe("encrypted by the maker of the vmap view against plain by decrypt (decrypt.c)");
  });
});
