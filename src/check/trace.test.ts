// SPDX-License-Identifier: MIT
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ArgumentSpec, type Operation, OPERATIONS } from "../kernel/index.ts";
import { formatStep, formatToken, looksLikeToken, parseStep, parseToken, type Trace } from "./trace.ts";

const number = fc.nat(999_999_999);

/** Values of one argument; undefined for one that is left out. An optional one that has its default is left out too. */
function argument(spec: ArgumentSpec): fc.Arbitrary<string | number | boolean | undefined> {
  const values: fc.Arbitrary<string | number | boolean> = spec.type === "word" ? fc.constantFrom(...spec.words!) : spec.type === "flag" ? fc.constant(true) : number;
  return spec.optional ? fc.option(values.filter((v) => v !== spec.default), { nil: undefined }) : values;
}

/** Any operation of one kind, as the table describes it. */
function operationOf(op: Operation["op"]): fc.Arbitrary<Operation> {
  const specs = OPERATIONS[op].arguments;
  return fc.tuple(...specs.map(argument)).map((values) => {
    const given = specs.map((spec, i) => [spec.name, values[i]] as const).filter(([, value]) => value !== undefined);
    return { op, ...Object.fromEntries(given) } as Operation;
  });
}

const KINDS = Object.keys(OPERATIONS) as Operation["op"][];
const operation: fc.Arbitrary<Operation> = fc.constantFrom(...KINDS).chain(operationOf);
const text = fc.string({ minLength: 1, unit: "grapheme" });
const trace: fc.Arbitrary<Trace> = fc.record({
  kernel: text,
  policy: fc.option(text.filter((t) => t !== "-")),
  machine: text,
  device: text,
  workload: text,
  operations: fc.array(operation),
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

  it.each(KINDS)("bring %s back with any arguments", (op) => {
    fc.assert(
      fc.property(operationOf(op), (o) => {
        expect(parseStep(formatStep(o), 1)).toEqual(o);
      }),
    );
  });

  it("leave out what a writer usually stores: 16 tokens for each buffer, the mappings before the device", () => {
    expect(formatStep({ op: "cpu_write", buf: 1, page: 0, alias: "vmap", value: 19 })).toBe("cpu_write:vmap:buf=1");
    expect(formatStep({ op: "cpu_write", buf: 1, page: 0, alias: "vmap", value: 3 })).toBe("cpu_write:vmap:buf=1:value=3");
    expect(parseStep("dev_write:buf=2", 1)).toEqual({ op: "dev_write", buf: 2, page: 0, value: 37 });
    expect(parseStep("host_write", 1)).toEqual({ op: "host_write", buf: 0, page: 0, value: 8 });
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
