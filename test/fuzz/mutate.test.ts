// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { fuzzCount, mutate, MUTATIONS, Random } from "../support/mutate.ts";

const TEXT = '{\n  "name": "mine",\n  "dma_mask_bits": 44,\n  "list": [1, 2, 3]\n}\n';

describe("damaged texts", () => {
  it("are the same for the same seed, and others for another", () => {
    const run = (seed: number): string[] => {
      const random = new Random(seed);
      return Array.from({ length: 50 }, () => mutate(TEXT, random));
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  it.each(Object.entries(MUTATIONS))("%s damages a text, and bears with an empty one", (_name, mutation) => {
    const random = new Random(7);
    const all = Array.from({ length: 100 }, () => mutation(TEXT, random));
    expect(all.filter((t) => t !== TEXT).length).toBeGreaterThan(50);
    expect(() => mutation("", random)).not.toThrow();
  });

  it("come in the number that is asked for", () => {
    const before = process.env["CBIT_FUZZ"];
    try {
      process.env["CBIT_FUZZ"] = "1000";
      expect(fuzzCount(0.5)).toBe(500);
      process.env["CBIT_FUZZ"] = "many";
      expect(() => fuzzCount(0.5)).toThrow("whole number");
    } finally {
      if (before === undefined) delete process.env["CBIT_FUZZ"];
      else process.env["CBIT_FUZZ"] = before;
    }
  });
});
