// SPDX-License-Identifier: MIT
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Operation } from "../kernel/index.ts";
import { formatStep, formatToken, looksLikeToken, parseToken, type Trace } from "./trace.ts";

const number = fc.nat(999_999_999);
const alias = fc.constantFrom("linear" as const, "kmap" as const, "vmap" as const, "user" as const);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ op: fc.constant("bo_create" as const), buf: number, pages: number }),
  fc.record({ op: fc.constantFrom("bo_populate" as const, "bo_kunmap" as const, "bo_vmap" as const, "bo_vunmap" as const, "bo_destroy" as const), buf: number }),
  fc.record({ op: fc.constantFrom("bo_kmap" as const, "bo_fault" as const, "dev_read" as const), buf: number, page: number }),
  fc.record({ op: fc.constant("cpu_write" as const), buf: number, page: number, alias, value: number }),
  fc.record({ op: fc.constant("cpu_read" as const), buf: number, page: number, alias }),
  fc.record({ op: fc.constant("dev_write" as const), buf: number, page: number, value: number }),
);
const text = fc.string({ minLength: 1, unit: "grapheme" });
const trace: fc.Arbitrary<Trace> = fc.record({
  kernel: text,
  policy: fc.option(text.filter((t) => t !== "-")),
  machine: text,
  device: text,
  workload: text,
  operations: fc.array(operation, { minLength: 1 }),
});

const TOKEN = "cbit1/model:6.12/decrypt-dma-alloc-guest/sme-zen2,iommu=off/amdgpu-gfx9/ttm-buffer/bo_create,bo_populate,bo_vmap,cpu_write:vmap,dev_read";

describe("trace tokens", () => {
  it("come back as the trace they were made of, and need no quotes", () => {
    fc.assert(
      fc.property(trace, (t) => {
        const token = formatToken(t);
        expect(token).toMatch(/^[A-Za-z0-9._:,=@+%/-]+$/);
        expect(looksLikeToken(token)).toBe(true);
        expect(parseToken(token)).toEqual(t);
      }),
    );
  });

  it("read like the operations they stand for", () => {
    const parsed = parseToken(TOKEN);
    expect(parsed.operations[3]).toEqual({ op: "cpu_write", buf: 0, page: 0, alias: "vmap", value: 3 });
    expect(formatToken(parsed)).toBe(TOKEN);
    expect(formatToken({ ...parsed, kernel: "tree:/home/me/linux 6.12", policy: null })).toMatch(/^cbit1\/tree:%2Fhome%2Fme%2Flinux%206.12\/-\//);
    expect(formatStep({ op: "dev_read", buf: 0, page: 1 })).toBe("dev_read:page=1");
  });

  it.each([
    ["cbit2/a/b/c/d/e/f", /version "cbit2"/],
    ["cbit1/a/b", /2 parts/],
    [TOKEN.replace("bo_vmap", "bo_vmpa"), /step 3 \("bo_vmpa"\): unknown operation "bo_vmpa"; did you mean bo_vmap/],
    [TOKEN.replace("cpu_write:vmap", "cpu_write"), /step 4 .* needs a mapping, one of linear, kmap, vmap, user/],
    [`${TOKEN}:pgae=1`, /step 5 .* has no argument "pgae"; it takes buf, page/],
    [`${TOKEN}:page=x`, /step 5 .*"page" must be a number/],
    [`${TOKEN}:page=1:page=1`, /step 5 .*"page" is given twice/],
    [`${TOKEN}:page=1=1`, /step 5 .*"page" must be a number/],
    [TOKEN.replace("amdgpu-gfx9", ""), /part "device" is empty/],
    [TOKEN.replace(/bo_create.*/, ""), /part "steps" is empty/],
    [`${TOKEN},`, /step 6 \(""\)/],
    ["cbit1/%zz/-/none/xe/ttm-buffer/bo_create", /kernel "%zz"/],
  ])("say what is wrong: %s", (token, message) => {
    expect(() => parseToken(token)).toThrow(message);
  });
});
