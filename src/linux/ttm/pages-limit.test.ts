// SPDX-License-Identifier: MIT
// Expected behaviour is retyped from drivers/gpu/drm/ttm/ttm_tt.c:314-368, ttm_device.c:82-96,130-167 and ttm_bo.c:1060-1085.
import { describe, expect, it } from "vitest";
import { buf_get, TTM_TT_FLAG_PRIV_POPULATED, TTM_TT_FLAG_SWAPPED } from "../bufs.ts";
import type { Linux } from "../linux.ts";
import { bootModel } from "../test-kernel.ts";
import { ttm_tt_pages_limit } from "./pages-limit.ts";
import { runOperation } from "../operations/index.ts";
import type { KernelOperation } from "../../kernel/index.ts";

const done = (k: Linux, ...operations: KernelOperation[]): number[] => operations.map((o) => runOperation(k, o)!.error);
const state = (k: Linux, bo: number): string => {
  const flags = buf_get(k, bo, "page_flags");
  return (flags & TTM_TT_FLAG_PRIV_POPULATED) !== 0 ? "populated" : (flags & TTM_TT_FLAG_SWAPPED) !== 0 ? "swapped" : "empty";
};
const populated = (...bufs: number[]): KernelOperation[] => bufs.flatMap((buf): KernelOperation[] => [{ op: "bo_create", buf, pages: 2 }, { op: "bo_populate", buf }]);
const limited = (limit: number): Linux => bootModel({ platform: "sev", driver: "amdgpu-gfx9", machine: { ttmPagesLimit: limit } });

describe("ttm_pages_limit", () => {
  it("is half of RAM, or what the module parameter says", () => {
    expect(ttm_tt_pages_limit(bootModel({ platform: "none" }))).toBe(16);
    expect(ttm_tt_pages_limit(limited(5))).toBe(5);
  });

  it("lets populated buffers have as many pages, and swaps others out beyond", () => {
    const k = limited(4);
    expect(done(k, ...populated(0, 1))).toEqual([0, 0, 0, 0]);
    expect([state(k, 0), state(k, 1)]).toEqual(["populated", "populated"]);
    expect(done(k, ...populated(2))).toEqual([0, 0]);
    expect([state(k, 0), state(k, 1), state(k, 2)]).toEqual(["swapped", "populated", "populated"]);
    // Populated again, the first pushes out the next.
    expect(done(k, { op: "bo_populate", buf: 0 })).toEqual([0]);
    expect([state(k, 0), state(k, 1), state(k, 2)]).toEqual(["populated", "swapped", "populated"]);
  });

  it("is no limit where nothing can be swapped out: pinned buffers stay", () => {
    const k = limited(2);
    expect(done(k, ...populated(0), { op: "bo_vmap", buf: 0 }, ...populated(1))).toEqual([0, 0, 0, 0, 0]);
    expect([state(k, 0), state(k, 1)]).toEqual(["populated", "populated"]);
  });
});
