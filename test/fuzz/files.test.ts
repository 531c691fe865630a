// SPDX-License-Identifier: MIT
/** Damaged device and machine files: whatever stands in one, the reader gives a value or says what is wrong with it. */

import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { CbitError } from "../../src/base/index.ts";
import { DRIVERS } from "../../src/linux/index.ts";
import { deviceSchema, machineSchema, readDeviceFile, readMachineFile } from "../../src/scenarios/index.ts";
import { fuzzCount, mutate, Random } from "../support/mutate.ts";

/** Of all files that the fuzz tests read, half are these; litmus files are the others. */
const FILES = fuzzCount(0.5);
const SLOWEST_MS = 100;

const DEVICES = [
  '{\n  "schema": "cbit.device/1",\n  "name": "mine",\n  "like": "amdgpu-gfx9",\n  "dma_mask_bits": 39\n}\n',
  JSON.stringify({
    $schema: "cbit.device-1.json", schema: "cbit.device/1", name: "my GPU", dma_mask_bits: 46, coherent_mask_bits: 32, use_dma_alloc: "drm_need_swiotlb", use_dma32: "mask-32",
    tt: "ttm_tt_init", own_mapping: "always", skip_cpu_sync: true, caching: "wc", vram: true, vram_caching: "uc", own_sync: false, no_dma: false, bus_dma_limit_bits: 40,
    min_align_mask: 4095, untrusted: true, non_coherent: false, range_offset: 4096, accepted: true, refs: ["a.c:1", "b.c:2"],
    refuses: { when: "mem-encrypt", reason: "it says so", ref: "drivers/a.c:1" }, cannot_work: { when: "host-mem-encrypt", reason: "the C-bit" },
  }, null, 2),
];
const MACHINES = [
  '{\n  "schema": "cbit.machine/1",\n  "platform": "sme-zen2",\n  "options": {\n    "iommu": "off",\n    "tlb": true\n  }\n}\n',
  '{"schema": "cbit.machine/1", "platform": "sme-zen2", "options": {"iommu": "off"}}',
  JSON.stringify({
    $schema: "cbit.machine-1.json", schema: "cbit.machine/1", name: "my machine", platform: "cca",
    options: { iommu: "identity", swiotlb: "dynamic", swiotlb_pages: 4, coherent: false, tlb: true, ram_gib: 8, granule: 16384, cells: 256 },
  }, null, 2),
];

/** What came of one file: null for a value, the error otherwise. */
function outcome(read: () => unknown): CbitError | null {
  try {
    read();
    return null;
  } catch (error) {
    if (error instanceof CbitError) return error;
    throw error;
  }
}

const KINDS = [
  { kind: "device", seeds: DEVICES, read: (text: string): unknown => readDeviceFile("fuzz.json", text, DRIVERS), schema: deviceSchema(DRIVERS) },
  { kind: "machine", seeds: MACHINES, read: (text: string): unknown => readMachineFile("fuzz.json", text), schema: machineSchema() },
] as const;

describe.each(KINDS)("damaged $kind files", ({ kind, seeds, read, schema }) => {
  const validate = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false }).compile(schema);

  it("start from files that are read", () => {
    for (const text of seeds) expect(read(text)).toBeTypeOf("object");
  });

  it(`give a value or a CbitError with a place, as the schema says, each within ${SLOWEST_MS} ms`, { timeout: 600_000 }, () => {
    const random = new Random(kind === "device" ? 1 : 2);
    const counts = { read: 0, refused: 0 };
    const codes = new Set<string>();
    for (let i = 0; i < FILES / KINDS.length; i++) {
      const text = mutate(random.pick(seeds), random);
      const start = performance.now();
      let error: CbitError | null;
      try {
        error = outcome(() => read(text));
      } catch (cause) {
        throw new Error(`file ${i} of seed ${kind}: ${JSON.stringify(text)}`, { cause });
      }
      let took = performance.now() - start;
      // A busy machine may stop us for a while: what was slow is looked at again.
      for (let again = 0; again < 3 && took > SLOWEST_MS; again++) {
        const restart = performance.now();
        outcome(() => read(text));
        took = performance.now() - restart;
      }
      if (took > SLOWEST_MS) throw new Error(`${took} ms: ${JSON.stringify(text)}`);
      counts[error === null ? "read" : "refused"]++;
      if (error !== null) {
        codes.add(error.code);
        if (!/^fuzz\.json:\d+:\d+: ./.test(error.message) || error.exit !== 2 || error.hint === undefined) throw new Error(`${error.message}: ${JSON.stringify(text)}`);
      }
      agrees(text, error);
    }
    // All ends are reached, or the damage is of the wrong kind.
    if (FILES < 10_000) return;
    expect(Math.min(counts.read, counts.refused) / (FILES / KINDS.length)).toBeGreaterThan(0.01);
    expect([...codes].sort()).toEqual(["CBIT-131", "CBIT-132", "CBIT-133"]);
  });

  /** What the reader takes, JSON and the schema take, and the other way round: names given twice apart, of which JSON sees one. */
  function agrees(text: string, error: CbitError | null): void {
    let value: unknown;
    let json = true;
    try {
      value = JSON.parse(text.replace(/^\ufeff/, ""));
    } catch {
      json = false;
    }
    const syntax = error?.code === "CBIT-131" && !error.message.includes("nested more than");
    if (json === syntax) throw new Error(`JSON ${json ? "takes" : "refuses"} it, the reader says ${error?.message ?? "yes"}: ${JSON.stringify(text)}`);
    if (!json || error?.message.endsWith("is given twice") === true || error?.code === "CBIT-131") return;
    if (validate(value) !== (error === null)) throw new Error(`the schema says ${String(validate(value))}, the reader ${error?.message ?? "yes"}: ${JSON.stringify(text)}`);
  }
});
