// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { duration, durationText, seed, size, sizeText } from "./quantities.ts";

describe("quantities", () => {
  it.each([["30s", 30_000], ["1.5h", 5_400_000], ["250ms", 250], ["2m", 120_000]])("reads the duration %s", (text, ms) => {
    expect(duration("--time")(text)).toBe(ms);
    expect(duration("--time")(durationText(ms))).toBe(ms);
  });

  it.each([["500M", 524_288_000], ["1G", 2 ** 30], ["0.5K", 512]])("reads the size %s", (text, bytes) => expect(size("--memory")(text)).toBe(bytes));

  it.each(["5 parsecs", "5", "s", "0s", "-1s", "1e3s", "0.0001ms", "5S", "", "5s5s", "٣s"])('refuses the duration "%s"', (text) => {
    expect(() => duration("--time")(text)).toThrow(/--time (must be a duration, a number with ms, s, m or h behind it, not|is empty)/);
  });

  it.each(["500", "5MB", "0M", "M", "-5M"])('refuses the size "%s"', (text) => {
    expect(() => size("--memory")(text)).toThrow(`--memory must be a size, a number with K, M or G behind it, not "${text}"`);
  });

  it("takes each once", () => {
    const read = duration("--time");
    read("1s");
    expect(() => read("2s")).toThrow("--time is given twice");
  });

  it.each([["0", 0], ["9007199254740991", Number.MAX_SAFE_INTEGER]])("reads the seed %s", (text, number) => expect(seed("--seed")(text)).toBe(number));
  it.each(["9007199254740992", "-1", "1.5", "x", "1e3"])("refuses the seed %s", (text) => expect(() => seed("--seed")(text)).toThrow("--seed must be a whole number"));

  it("writes sizes in short", () => {
    expect([512, 2048, 1_572_864, 2 ** 31].map(sizeText)).toEqual(["0.5K", "2K", "1.5M", "2G"]);
  });
});
