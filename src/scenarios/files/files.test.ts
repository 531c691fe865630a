// SPDX-License-Identifier: MIT
import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { CbitError } from "../../base/index.ts";
import { DRIVERS } from "../../linux/index.ts";
import { deviceSchema, fileName, filePath, isFile, machineSchema, readDeviceFile, readMachineFile } from "./index.ts";

const device = (text: string): unknown => readDeviceFile("my.json", text, DRIVERS);
const machine = (text: string): unknown => readMachineFile("m.json", text);

/** The error's code, and its message without the file's name. */
function failure(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof CbitError) return `${error.code} ${error.message.replace(/^\w+\.json:/, "")}`;
    throw error;
  }
  return "read";
}

const D = '"schema": "cbit.device/1", "name": "mine"';
const M = '"schema": "cbit.machine/1", "platform"';

describe("device files", () => {
  it("describe a device of their own", () => {
    expect(device(`{${D}, "dma_mask_bits": 39, "own_mapping": "always", "tt": "ttm_tt_init", "vram": true, "vram_caching": "uc"}`)).toEqual({
      name: "my.json",
      title: "mine (my.json)",
      dmaMaskBits: 39,
      coherentMaskBits: 39,
      useDmaAlloc: "never",
      useDma32: "never",
      tt: "ttm_tt_init",
      ownMapping: "always",
      skipCpuSync: false,
      vram: true,
      vramCaching: "uc",
      refs: ["my.json"],
    });
  });

  it("change a known device, both masks with one field", () => {
    const like = device(`{${D}, "like": "amdgpu-gfx9", "dma_mask_bits": 48}`);
    expect(like).toMatchObject({ useDmaAlloc: "drm_need_swiotlb", useDma32: "dma_addressing_limited", vram: true, dmaMaskBits: 48, coherentMaskBits: 48 });
    expect(device(`{${D}, "like": "i915-i965"}`)).toMatchObject({ dmaMaskBits: 36, coherentMaskBits: 32, ownMapping: "always" });
    expect(device(`{${D}, "like": "i915-i965", "coherent_mask_bits": 36}`)).toMatchObject({ dmaMaskBits: 36, coherentMaskBits: 36 });
  });

  it("take every field", () => {
    const refusal = '{"when": "host-mem-encrypt", "reason": "it does not"}';
    expect(
      device(`{${D}, "dma_mask_bits": 64, "caching": "wc", "own_sync": true, "no_dma": true, "bus_dma_limit_bits": 32, "min_align_mask": 4095, "untrusted": true,
        "non_coherent": true, "range_offset": 8192, "accepted": true, "refuses": ${refusal}, "cannot_work": ${refusal}, "refs": ["a book"], "$schema": "x"}`),
    ).toMatchObject({
      caching: "wc",
      ownSync: true,
      noDma: true,
      busDmaLimitBits: 32,
      minAlignMask: 4095,
      untrusted: true,
      nonCoherent: true,
      rangeOffset: 8192,
      accepted: true,
      refuses: { when: "host-mem-encrypt", reason: "it does not", ref: "my.json" },
      cannotWork: { when: "host-mem-encrypt" },
      refs: ["a book"],
    });
  });

  it.each([
    ["", "CBIT-131 1:1: it is no JSON: the file ends too early"],
    ["\n  nope", "CBIT-131 2:3: it is no JSON: a word that means nothing here"],
    ['{"schema": "cbit.device/1",}', "CBIT-131 1:28: it is no JSON: a name in double quotes must stand here"],
    ['{\n// mine\n"schema": 1}', "CBIT-131 2:1: it is no JSON: there are no comments in JSON"],
    ["[".repeat(33), "CBIT-131 1:33: brackets are nested more than 32 deep"],
    ["[1]", "CBIT-132 1:1: the file must be an object, {...}, not [1]"],
    [`{${D}}`, 'CBIT-133 1:1: dma_mask_bits is missing: a device needs it, or "like" with a known device'],
    ['{"name": "x"}', 'CBIT-132 1:1: schema is missing: one of "cbit.device/1"'],
    ['{"schema": "cbit.device/2"}', 'CBIT-132 1:12: schema must be one of "cbit.device/1", not "cbit.device/2"'],
    [`{${D},\n  "dma_mask_bits": "44"}`, 'CBIT-132 2:20: dma_mask_bits must be a whole number from 24 to 64, not "44"'],
    [`{${D},\n  "dma_mask_bits": 44.5}`, "CBIT-132 2:20: dma_mask_bits must be a whole number from 24 to 64, not 44.5"],
    [`{${D}, "dma_mask_bit": 44}`, "CBIT-132 1:45: dma_mask_bit: there is no such field; did you mean dma_mask_bits?"],
    [`{${D}, "vram": true, "vram": false}`, "CBIT-132 1:59: vram is given twice"],
    ['{"a\u2028b": 1, "a\u2028b": 2}', "CBIT-132 1:12: a b is given twice"],
    [`{${D}, "vram": null}`, "CBIT-132 1:53: vram must be true or false, not null"],
    [`{${D}, "range_offset": 100}`, "CBIT-132 1:61: range_offset must be a whole number from 0 to 1099511627776, a multiple of 4096, not 100"],
    [`{${D}, "refuses": {"when": "always"}}`, 'CBIT-132 1:65: refuses.when must be one of "mem-encrypt", "host-mem-encrypt", not "always"'],
    [`{${D}, "refuses": {"when": "mem-encrypt"}}`, "CBIT-132 1:56: refuses.reason is missing: a text of 1 to 200 characters, without line breaks"],
    [`{${D}, "refs": "a book"}`, 'CBIT-132 1:53: refs must be a list of up to 50 texts of 1 to 200 characters, not "a book"'],
    [`{${D}, "__proto__": {}}`, expect.stringContaining("CBIT-132 1:45: __proto__: there is no such field") as unknown as string],
    [`{${D}, "like": "constructor"}`, expect.stringContaining("CBIT-132 1:53: like must be one of") as unknown as string],
  ])("say where and what is wrong: %s", (text, message) => {
    expect(failure(() => device(text))).toEqual(message);
  });
});

describe("machine files", () => {
  it("describe a machine", () => {
    expect(machine(`{${M}: "sev", "options": {"swiotlb": "dynamic", "swiotlb_pages": 4, "coherent": false, "tlb": true, "ram_gib": 8, "cells": 256}}`)).toMatchObject({
      name: "m.json",
      platform: { name: "sev" },
      iommu: "off",
      swiotlb: "dynamic",
      swiotlbPages: 4,
      coherent: false,
      tlb: true,
      ramGiB: 8,
      cells: 256,
    });
    expect(machine(`{${M}: "none"}`)).toMatchObject({ iommu: "off", swiotlb: "default" });
  });

  it.each([
    [`{${M}: "sev-snpp"}`, expect.stringContaining('CBIT-132 1:42: platform must be one of "none", "tsme"') as unknown as string],
    [`{${M}: "sme-zen2"}`, "CBIT-133 1:1: options.iommu is missing: sme-zen2 has no usual mode, since it decides the answer"],
    [`{${M}: "sev", "options": {"granule": 16384}}`, "CBIT-133 1:1: options.granule: sev has none: it goes with cca"],
    [`{${M}: "sev", "options": {"tlb": "yes"}}`, 'CBIT-132 1:68: options.tlb must be true or false, not "yes"'],
    [`{${M}: "sev", "options": {"ram_gib": 300}}`, "CBIT-132 1:72: options.ram_gib must be a whole number from 2 to 256, not 300"],
    [`{${M}: "sev", "options": []}`, "CBIT-132 1:60: options must be an object, {...}, not []"],
  ])("say where and what is wrong: %s", (text, message) => {
    expect(failure(() => machine(text))).toEqual(message);
  });
});

describe("the published schemas", () => {
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false });
  const kinds: readonly (readonly [string, Record<string, unknown>, (text: string) => unknown, readonly string[]])[] = [
    [
      "cbit.device-1",
      deviceSchema(DRIVERS),
      device,
      [
        `{${D}, "dma_mask_bits": 39}`, `{${D}, "like": "qxl", "$schema": "s"}`, `{${D}}`, `{${D}, "like": "qx"}`, `{${D}, "dma_mask_bits": 23}`, `{${D}, "dma_mask_bits": 65}`,
        `{${D}, "dma_mask_bits": 40.0}`, `{${D}, "dma_mask_bits": 40, "vram": 1}`, `{${D}, "dma_mask_bits": 40, "min_align_mask": 100}`, `{${D}, "dma_mask_bits": 40, "x": 1}`,
        `{${D}, "like": "xe", "refs": ["a", ""]}`, `{${D}, "like": "xe", "refs": []}`, `{${D}, "like": "xe", "refs": [1]}`, `{${D}, "like": "xe", "refs": [["a"]]}`,
        `{${D}, "like": "xe", "refuses": {"when": "mem-encrypt", "reason": "r"}}`, `{${D}, "like": "xe", "refuses": {"when": "mem-encrypt"}}`, `{${D}, "like": "xe", "refuses": []}`,
        `{${D}, "like": "xe", "range_offset": 4096}`, `{${D}, "like": "xe", "range_offset": 4097}`, `{${D}, "like": "xe", "range_offset": -4096}`,
        '{"schema": "cbit.device/1", "name": "", "like": "xe"}', '{"schema": "cbit.device/1", "name": "a\\nb", "like": "xe"}', '{"schema": "cbit.device/1", "like": "xe"}', "[]", "1", "null",
        `{"schema": "cbit.device/1", "like": "xe", "name": "${"é".repeat(80)}"}`, `{"schema": "cbit.device/1", "like": "xe", "name": "${"é".repeat(81)}"}`, `{"schema": "cbit.device/1", "like": "xe", "name": "${"💥".repeat(80)}"}`,
      ],
    ],
    [
      "cbit.machine-1",
      machineSchema(),
      machine,
      [
        `{${M}: "none"}`, `{${M}: "sme-zen2"}`, `{${M}: "sme-zen2", "options": {}}`, `{${M}: "sme-zen2", "options": {"iommu": "off"}}`, `{${M}: "sme-zen2", "options": {"iommu": "on"}}`,
        `{${M}: "cca", "options": {"granule": 65536}}`, `{${M}: "tdx", "options": {"granule": 65536}}`, `{${M}: "cca", "options": {"granule": "65536"}}`, `{${M}: "tdx", "options": {"cells": 2}}`,
        `{${M}: "tdx", "options": {"coherent": false, "tlb": true}}`, `{${M}: "tdx", "options": {"tlb": "yes"}}`, `{${M}: "tdx", "options": {"swiotlb_pages": 16}}`, `{${M}: "tdx", "options": {"swiotlb_pages": 0}}`,
        `{${M}: "zen"}`, '{"schema": "cbit.machine/1"}', '{"platform": "sev"}', `{${M}: "sev", "name": "n", "$schema": "s"}`, `{${M}: "sev", "options": null}`, "{}", "[]",
      ],
    ],
  ];

  it.each(kinds)("%s is what the reader reads by", (name, schema, read, texts) => {
    expect(JSON.parse(readFileSync(`docs/schemas/${name}.json`, "utf8"))).toEqual(schema);
    const validate: ValidateFunction = ajv.compile(schema);
    const verdicts = texts.map((text) => ({ text, read: failure(() => read(text)) === "read" }));
    expect(verdicts).toEqual(texts.map((text) => ({ text, read: validate(JSON.parse(text)) })));
    expect(verdicts.filter((v) => v.read).length).toBeGreaterThan(5);
    expect(verdicts.filter((v) => !v.read).length).toBeGreaterThan(10);
  });
});

describe("names of files", () => {
  it("are paths, with what ids are cut at encoded", () => {
    expect(["a.json", "./x", "amdgpu-gfx9", "/tmp/a.json"].map(isFile)).toEqual([true, true, false, true]);
    expect(fileName("./my dir/a@b,c%.json")).toBe("./my%20dir/a%40b%2Cc%25.json");
    for (const path of ["./my dir/a@b,c%.json", "/tmp/é.json", "a\nb.json", "x.json"]) expect(filePath(fileName(path))).toBe(path);
    expect(filePath("100%.json")).toBe("100%.json");
  });
});
