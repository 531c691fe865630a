// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { TOY_DRIVER, TOY_MACHINE, toyFactory, type ToyOptions } from "../../test/support/toy-kernel.ts";
import { DOMAIN_HOST } from "../machine/index.ts";
import { ttmBuffer } from "../scenarios/workloads/ttm-buffer.ts";
import { checkCase } from "./case.ts";
import type { Finding } from "./findings.ts";
import { formatStep } from "./trace.ts";
import { twinCase } from "./twin.ts";

const findings = (options: ToyOptions): readonly Finding[] => checkCase(toyFactory(options), TOY_MACHINE, TOY_DRIVER, ttmBuffer).findings;
const told = (f: Finding): string => `${f.id} ${f.causes} ${f.trace.operations.map(formatStep).join(" ")}`;

describe("findings of a case", () => {
  it("are one where a function's mappings are seen by different readers, writers and mappings", () => {
    expect(findings({ domains: { vmap: DOMAIN_HOST, user: DOMAIN_HOST }, choosers: { vmap: "toy_io_prot", user: "toy_io_prot" } }).map(told)).toEqual([
      // Both mappings with the device, each way; both with the kmap, each way.
      "toy@none/ciphertext-read 8 bo_create bo_populate bo_vmap cpu_write:vmap dev_read",
      "toy@none/alias-attribute 2 bo_create bo_populate bo_vmap",
    ]);
  });

  it("are as many as there are functions that chose wrongly, numbered from the shortest on", () => {
    const two = findings({ domains: { vmap: DOMAIN_HOST, user: DOMAIN_HOST }, choosers: { vmap: "toy_vmap", user: "toy_fault" } });
    expect(two.map(told)).toEqual([
      "toy@none/ciphertext-read 4 bo_create bo_populate bo_vmap cpu_write:vmap dev_read",
      "toy@none/ciphertext-read.2 4 bo_create bo_populate bo_fault cpu_write:user dev_read",
      "toy@none/alias-attribute 1 bo_create bo_populate bo_vmap",
      "toy@none/alias-attribute.2 1 bo_create bo_populate bo_fault",
    ]);
    expect(two.map((f) => f.cause)).toEqual(["toy_vmap", "toy_fault", "toy_vmap", "toy_fault"].map((by) => `encrypted by ${by} (toy.c) against plain by toy_map (toy.c)`));
    expect(two.map((f) => f.number)).toEqual([1, 2, 1, 2]);
  });

  it("keep their numbers where another case takes them over", () => {
    const factory = toyFactory({ domains: { vmap: DOMAIN_HOST, user: DOMAIN_HOST }, choosers: { vmap: "toy_vmap", user: "toy_fault" } });
    const searched = checkCase(factory, TOY_MACHINE, TOY_DRIVER, ttmBuffer);
    const twin = twinCase(factory, TOY_MACHINE, { ...TOY_DRIVER, name: "other" }, ttmBuffer, searched);
    expect(twin.findings.map((f) => f.id)).toEqual(searched.findings.map((f) => f.id.replace("toy@", "other@")));
    expect(twin.findings.map((f) => [f.cause, f.causes])).toEqual(searched.findings.map((f) => [f.cause, f.causes]));
  });

  it("name a bounce once, whoever missed what", () => {
    const [stale, ...others] = findings({ bounced: true });
    expect(others).toEqual([]);
    expect(stale).toMatchObject({ id: "toy@none/stale-view", cause: "two copies by toy_map (toy.c), handed over by nobody", causes: 6 });
  });
});
