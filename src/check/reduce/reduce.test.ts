// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { TOY_DRIVER, TOY_MACHINE, toyFactory, type ToyOptions } from "../../../test/support/toy-kernel.ts";
import { randomWalk } from "../../../test/support/random-walk.ts";
import { DOMAIN_HOST } from "../../machine/index.ts";
import { ttmBuffer } from "../../scenarios/workloads/ttm-buffer.ts";
import { boot, type Booted } from "../booted.ts";
import { formatStep, parseStep } from "../trace.ts";
import type { Workload } from "../workload.ts";
import { reduceTrace } from "./reduce.ts";

const steps = (text: string) => text.split(" ").map((s, i) => parseStep(s, i + 1));
const toy = (options: ToyOptions, workload: Workload = ttmBuffer): Booted => boot(toyFactory(options), TOY_MACHINE, TOY_DRIVER, workload);
const told = (operations: readonly Parameters<typeof formatStep>[0][]): string => operations.map(formatStep).join(" ");

describe("reducing an order of operations", () => {
  const VMAP: ToyOptions = { domains: { vmap: DOMAIN_HOST } };
  const SHORTEST = "bo_create bo_populate bo_vmap cpu_write:vmap dev_read";

  it("leaves out what is not needed, in blocks, one by one and in pairs", () => {
    const long = "bo_create bo_populate bo_kmap cpu_write:kmap bo_vmap bo_fault cpu_read:user bo_vunmap bo_kunmap dev_write bo_vmap cpu_write:vmap cpu_read:vmap bo_kmap cpu_read:vmap dev_read";
    expect(told(reduceTrace(toy(VMAP), "ciphertext-read", steps(long)))).toBe(SHORTEST);
  });

  it("leaves as it is what is shortest, and cuts off what comes behind the first occurrence", () => {
    expect(told(reduceTrace(toy(VMAP), "ciphertext-read", steps(SHORTEST)))).toBe(SHORTEST);
    expect(told(reduceTrace(toy(VMAP), "alias-attribute", steps("bo_create bo_populate bo_vmap bo_fault bo_kmap")))).toBe("bo_create bo_populate bo_vmap");
  });

  it("takes the mapping that comes first in the workload where the cause is the same", () => {
    const both: ToyOptions = { domains: { vmap: DOMAIN_HOST, kmap: DOMAIN_HOST } };
    expect(told(reduceTrace(toy(both), "ciphertext-read", steps("bo_create bo_populate bo_kmap cpu_write:kmap dev_read")))).toBe(SHORTEST);
    expect(told(reduceTrace(toy({ domains: { kmap: DOMAIN_HOST } }), "ciphertext-read", steps("bo_create bo_populate bo_kmap cpu_write:kmap dev_read")))).toBe(
      "bo_create bo_populate bo_kmap cpu_write:kmap dev_read",
    );
  });

  it("knows who chose a view on kernels that have to record it", () => {
    const both: ToyOptions = { domains: { vmap: DOMAIN_HOST, kmap: DOMAIN_HOST }, choosers: { vmap: "toy_io_prot", kmap: "toy_io_prot" }, recordedChoosers: true };
    expect(told(reduceTrace(toy(both), "ciphertext-read", steps("bo_create bo_populate bo_kmap cpu_write:kmap dev_read")))).toBe(SHORTEST);
  });

  it("keeps the root cause: another one of the same rule that is shorter does not do", () => {
    // The kernel fails at bo_vmap by one function and at bo_kmap by another.
    const two: ToyOptions = { fails: { op: "bo_kmap", result: { outcome: "error", errno: "ENOMEM", from: "kmap" } } };
    expect(told(reduceTrace(toy(two), "mapping-failed", steps("bo_create bo_populate bo_vmap dev_write bo_kmap")))).toBe("bo_create bo_populate bo_kmap");
  });

  it("simplifies values: buffers, pages, offsets", () => {
    const actions = [0, 1].flatMap((buf) => [
      ...[1, 2].map((pages) => ({ operation: { op: "bo_create", buf, pages } as const, requires: 0, forbids: 1 << buf, sets: 1 << buf, clears: 0 })),
      ...ttmBuffer.actions.slice(1).flatMap(({ operation: o }) => [0, 1].map((page) => ({ operation: { ...o, buf, ...("page" in o ? { page } : {}), ...("value" in o ? { value: o.value + 16 * buf } : {}) } as typeof o, requires: 1 << buf, forbids: 0, sets: 0, clears: 0 }))),
    ]);
    const wide: Workload = { ...ttmBuffer, buffers: 2, flags: ["first", "second"], actions, sometimes: [] };
    const long = steps("bo_create:buf=1 bo_populate:buf=1 bo_vmap:buf=1 cpu_write:vmap:buf=1:page=1 dev_read:buf=1:page=1");
    // The toy knows one page of one buffer, and this workload asks for nothing but bo_create.
    expect(told(reduceTrace(toy(VMAP, wide), "ciphertext-read", long))).toBe("bo_create:pages=1 cpu_write:vmap dev_read");
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("brings random walk %i to the shortest order, on every run", (seed) => {
    const booted = toy(VMAP);
    const walk = randomWalk(booted, "ciphertext-read", seed);
    expect(walk.length).toBeGreaterThan(5);
    const short = told(reduceTrace(booted, "ciphertext-read", walk));
    expect(short).toBe(told(reduceTrace(booted, "ciphertext-read", walk)));
    expect(short).toBe(SHORTEST);
  });

  it("throws for an order that shows nothing at its end", () => {
    expect(() => reduceTrace(toy(VMAP), "ciphertext-read", steps("bo_create bo_populate"))).toThrow("does not break ciphertext-read");
  });
});
