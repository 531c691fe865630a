// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { cbit, parsed } from "../support/cbit.ts";

const ID = "amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read";
const TOKEN = "cbit1/model:6.12/decrypt-dma-alloc-guest/sme-zen2,iommu=off/amdgpu-gfx9/ttm-buffer/bo_create,bo_populate,bo_vmap,cpu_write:vmap,dev_read";

interface Explained {
  readonly found: boolean;
  readonly steps: readonly { readonly op: string; readonly got?: { readonly bytes: string }; readonly expected?: { readonly bytes: string } }[];
  readonly replay: string;
  readonly views: readonly { readonly kind: string; readonly cBit: boolean; readonly chosenBy: { readonly file: string } }[];
}

describe("cbit explain", () => {
  it("tells verdict, bound, steps, views with their choosers, bytes, why and token", () => {
    const { exit, out } = cbit(["explain", ID]);
    expect(exit).toBe(1);
    const lines = out.split("\n");
    expect(lines[0]).toMatch(/^broken: /);
    expect(out).toMatch(/Every order was tried: \d+ states/);
    expect(out).toMatch(/^ {2}5\. dev_read\(buf=0, page=0\)$/m);
    expect(out).toMatch(/the vmap, pages 0-1: C=1 \(host key\)/);
    expect(out).toContain("chosen by ttm_io_prot (drivers/gpu/drm/ttm/ttm_bo_util.c:291)");
    expect(out).toContain("expected  63626974746f6b2303000000fcffffff");
    expect(out).toContain("ciphertext: stored with host key, read as plain");
    expect(out).toMatch(/^why {5}The memory controller/m);
    expect(out).toContain(`replay  ${TOKEN}`);
    expect(lines.filter((l) => l.length > 80 && !l.startsWith("replay"))).toEqual([]);
  });

  it("takes the letter of a broken cell, and lists what the letters stand for", () => {
    const matrix = "--machine sme-zen2 --device amdgpu-gfx9 --device xe";
    const { exit, out } = cbit(`explain a ${matrix}`);
    expect(exit).toBe(1);
    expect(out).toBe(`${cbit(["explain", ID]).out}also    cbit explain amdgpu-gfx9@sme-zen2,iommu=off/alias-attribute\n`);
    expect(parsed<Explained>(cbit(`explain b ${matrix} --json`).out).replay).toContain("/xe/");
    const keys = cbit(`explain ${matrix}`);
    expect(keys.exit).toBe(0);
    expect(keys.out).toMatch(/^b\. stale-view: [^]*\n {3}2 cases: xe on sme-zen2,iommu=off\|identity\n {3}cbit explain b --machine sme-zen2 --device amdgpu-gfx9 --device xe\n/m);
    expect(cbit("explain --machine none --device xe").out.replaceAll("\n", " ")).toContain("1 case, nothing is broken");
    expect(cbit(`explain c ${matrix}`)).toMatchObject({ exit: 2, err: expect.stringContaining("the matrix has a to b [CBIT-107]") });
  });

  it("writes a KUnit test as a patch, exit 0, and says why it cannot", () => {
    const { exit, out, err } = cbit(["explain", ID, "--kunit"]);
    expect([exit, err]).toEqual([0, ""]);
    expect(out).toMatch(/^From 0{40} .*\nFrom: .*\nDate: .*\nSubject: \[PATCH\] drm\/ttm: /);
    // A token is as good, and leads to the same test.
    const test = (patch: string): string => patch.slice(patch.indexOf("\n+#include"));
    expect(test(cbit(["explain", TOKEN, "--kunit"]).out)).toBe(test(out));
    expect(cbit(["explain", ID, "--kunit", "--format", "text"])).toMatchObject({ exit: 2, out: "", err: expect.stringContaining("--kunit is a format of its own [CBIT-100]") });
    expect(cbit("explain a --kunit --json").out).toContain("--kunit is a format of its own");
    expect(cbit("explain --kunit")).toMatchObject({ exit: 2, out: "", err: expect.stringContaining("--kunit needs an id, a token or a letter [CBIT-100]") });
    expect(cbit("explain amdgpu-gfx9@none/ciphertext-read --kunit")).toMatchObject({ exit: 5, out: "", err: expect.stringContaining("the case holds [CBIT-303]") });
    expect(cbit(`explain ${TOKEN.replace("bo_vmap,cpu_write:vmap", "bo_fault,cpu_write:user")} --kunit`)).toMatchObject({ exit: 5, out: "", err: expect.stringMatching(/bo_fault cannot be written as a KUnit test: .* \[CBIT-303\]/) });
  });

  it("prints cbit.explain/1 as published", () => {
    const { exit, out } = cbit(["explain", ID, "--json"]);
    const explained = parsed<Explained>(out);
    expect(exit).toBe(1);
    expect(explained.found).toBe(true);
    expect(explained.replay).toBe(TOKEN);
    expect(explained.steps.map((s) => s.op)).toEqual(["bo_create", "bo_populate", "bo_vmap", "cpu_write", "dev_read"]);
    expect(explained.steps[4]!.got!.bytes).not.toBe(explained.steps[4]!.expected!.bytes);
    expect(explained.views.find((v) => v.kind === "vmap")).toMatchObject({ cBit: true });
  });

  it("replays a token bit for bit", () => {
    const searched = parsed<Explained>(cbit(["explain", ID, "--json"]).out);
    const replayed = parsed<Explained>(cbit(["explain", TOKEN, "--json"]).out);
    expect(replayed.steps).toEqual(searched.steps);
    expect(cbit(["explain", TOKEN, "--policy", "force-dma-unencrypted"])).toMatchObject({ exit: 0, out: expect.stringContaining("nothing wrong") });
  });

  it("finds the second root cause of a rule by its number, and says what others there are", () => {
    const second = `${ID}.2`;
    const { exit, out } = cbit(["explain", second, "--workload", "ttm-move"]);
    expect(exit).toBe(1);
    expect(out.split("\n")).toContain(second);
    expect(out).toMatch(/^cause {3}encrypted by ttm_io_prot \(drivers\/gpu\/drm\/ttm\/ttm_bo_util\.c\), lost in\n {8}bo_move$/m);
    expect(out.replaceAll("\n", " ")).toContain(`It has 1 other root cause here: ${ID}.`);
    expect(parsed<{ id: string; cause: string }>(cbit(["explain", second, "--workload", "ttm-move", "--json"]).out)).toMatchObject({ id: second, cause: "encrypted by ttm_io_prot (drivers/gpu/drm/ttm/ttm_bo_util.c), lost in bo_move" });
    // The first has its number too, and there is no third.
    expect(cbit(["explain", `${ID}.1`]).out.split("\n")).toContain(ID);
    expect(cbit(["explain", `${ID}.3`, "--workload", "ttm-move"])).toMatchObject({ exit: 0, out: expect.stringContaining(`  ${second}\n`) as unknown });
  });

  it("says which options it needs and which not, and has a shorter form that shows the same", () => {
    const long = TOKEN.replace("iommu=off", "iommu=off,swiotlb=force,tlb=yes").replace("bo_vmap,", "bo_kmap,bo_vmap,cpu_write:kmap,cpu_read:vmap,");
    const { exit, out } = cbit(["explain", long]);
    expect(exit).toBe(1);
    const lines = out.split("\n");
    expect(out.replaceAll(/\n {8}/g, " ")).toContain(
      "needs   iommu=off (with iommu=identity too, with iommu=translated it does not happen). Does not need swiotlb=force, tlb=yes.\n",
    );
    expect(lines).toContain(`short   ${TOKEN}`);
    expect(lines).toContain(`replay  ${long}`);
    const { reduced } = parsed<{ reduced: object }>(cbit(["explain", long, "--json"]).out);
    expect(reduced).toEqual({
      needs: [{ option: "iommu=off", instead: [{ value: "iommu=identity", outcome: "same" }, { value: "iommu=translated", outcome: "nothing" }] }],
      irrelevant: ["swiotlb=force", "tlb=yes"],
      simpler: null,
      replay: TOKEN,
    });
    // What is short already has no shorter form.
    expect(cbit(["explain", TOKEN]).out).not.toMatch(/^short/m);
    expect(cbit(["explain", "xe@sev/stale-view"]).out).toMatch(/^also on sme-zen2,iommu=off$/m);
    expect(parsed<{ reduced: null }>(cbit(["explain", TOKEN.replace(",dev_read", ""), "--json"]).out).reduced).toBeNull();
  });

  it("says where a trace goes wrong before its last step", () => {
    const { exit, out } = cbit(["explain", TOKEN.replace(",dev_read", "")]);
    expect(exit).toBe(0);
    expect(out.replaceAll("\n", " ")).toMatch(/^nothing wrong: .* before it, step 3 violates alias-attribute/);
  });

  it("names device, platform and boot parameters, and the steps that were not reached", () => {
    const { out } = cbit(["explain", TOKEN.replace("amdgpu-gfx9", "xe").replace("off", "off,swiotlb=noforce")]);
    expect(out.replaceAll("\n", " ")).toContain("(C-bit 47), iommu=off, swiotlb=noforce");
    expect(out).toContain("bo_populate(buf=0): ttm_tt_populate returned -EIO");
    expect(out).toContain("3 further operations of the trace did not run.");
  });

  it("says so where the case has no such finding, and exits 0", () => {
    const { exit, out } = cbit("explain vmwgfx@sev/ciphertext-read");
    expect(exit).toBe(0);
    expect(out).toMatch(/^not found: vmwgfx@sev\/ciphertext-read: the case holds/);
    expect(parsed<Explained>(cbit("explain vmwgfx@sev/ciphertext-read --json").out).found).toBe(false);
    expect(cbit("explain vmwgfx@sev/ciphertext-read --depth 2").exit).toBe(4);
    // Broken by another rule within the bound, and not searched to the end.
    expect(cbit(`explain ${ID} --depth 4`)).toMatchObject({ exit: 4, out: expect.stringContaining("not searched to the end") });
    expect(cbit("explain vmwgfx@cca,iommu=translated/ciphertext-read").exit).toBe(5);
    expect(cbit(`explain ${ID.replace("ciphertext", "stale").replace("read", "view")}`).out).toContain(`  ${ID}`);
  });

  it.each([
    ["nonsense", "CBIT-107", "neither a finding's id"],
    [`${ID}.0`, "CBIT-108", "unknown rule"],
    ["vmwgfx@sev/cyphertext-read", "CBIT-108", "nearest: ciphertext-read"],
    ["vmwgfx@sevv/ciphertext-read", "CBIT-101", "nearest: sev"],
    ["vmwgfxx@sev/ciphertext-read", "CBIT-102", "nearest: vmwgfx"],
    ["vmwgfx@sme-zen2/ciphertext-read", "CBIT-101", "means 3 machines"],
    [TOKEN.replace("bo_vmap,", ""), "CBIT-122", "step 3 (cpu_write:vmap) does not apply: the buffer must be vmapped before it"],
    [TOKEN.replace("ttm-buffer", "ttm-bufer"), "CBIT-105", "nearest: ttm-buffer"],
    [TOKEN.replace("cpu_write:vmap", "cpu_write:vmpa"), "CBIT-120", "step 4"],
  ])("refuses %s with exit 2", (what, code, words) => {
    const { exit, err, out } = cbit(["explain", what]);
    expect(exit).toBe(2);
    expect(out).toBe("");
    expect(err).toContain(code);
    expect(err).toContain(words);
    expect(err).toContain("hint:");
  });
});
