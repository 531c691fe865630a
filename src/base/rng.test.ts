// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { Rng } from "./rng.ts";

describe("random numbers", () => {
  it("are those of the authors' program", () => {
    const rng = new Rng(Uint32Array.of(1, 2, 3, 4));
    const first = Array.from({ length: 10 }, () => rng.next());
    expect(first).toEqual([11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804]);
  });

  it("are the same for a seed, and others for another seed or stream", () => {
    const some = (seed: number, stream?: number): string => {
      const rng = Rng.of(seed, stream);
      return Array.from({ length: 4 }, () => rng.next()).join();
    };
    expect(some(1)).toBe(some(1));
    const all = [some(0), some(1), some(2 ** 32), some(2 ** 32 + 1), some(0, 1), some(1, 1), some(1, 2)];
    expect(new Set(all).size).toBe(all.length);
  });

  it("fall evenly, also where n does not divide 2^32", () => {
    const rng = Rng.of(5);
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 70_000; i++) counts[rng.below(7)]!++;
    // Chi square with 6 degrees of freedom is above 22.5 once in 1000.
    expect(counts.reduce((sum, c) => sum + (c - 10_000) ** 2 / 10_000, 0)).toBeLessThan(22.5);
  });

  it("order numbers in every way, each as often", () => {
    const rng = Rng.of(9);
    const counts = new Map<string, number>();
    for (let i = 0; i < 24_000; i++) {
      const key = rng.order(4).join("");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // 23 degrees of freedom: above 49.7 once in 1000.
    expect([...counts.values()].reduce((sum, c) => sum + (c - 1000) ** 2 / 1000, 0)).toBeLessThan(49.7);
  });
});
