// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { toyKernel } from "../../test/support/toy-kernel.ts";
import { DOMAIN_HOST } from "../machine/index.ts";
import { ttmBuffer } from "../scenarios/workloads/ttm-buffer.ts";
import { Oracle } from "./oracle.ts";
import { replayOn } from "./replay.ts";
import { watchReplay } from "./sight.ts";
import { parseStep } from "./trace.ts";

const steps = (text: string) => text.split(" ").map((s, i) => parseStep(s, i + 1));

describe("what is seen of pages", () => {
  it("is memory, views and promises after each step, the replay itself being the same", () => {
    const operations = steps("bo_create bo_populate bo_vmap cpu_write:vmap dev_read");
    const kernel = () => toyKernel({ domains: { vmap: DOMAIN_HOST }, bounced: true });
    const seen = watchReplay(kernel(), ttmBuffer, operations);
    expect(seen.steps.map((s) => s.pages.length)).toEqual([0, 1, 1, 1, 1]);
    const told = seen.steps[3]!.pages[0]!;
    expect(told.frame!.cells[0]!.memory).toMatchObject({ token: 3, storedIn: DOMAIN_HOST });
    expect(told.bounce!.cells[0]!.memory.token).toBeNull();
    expect(told.views.map((v) => v.kind)).toEqual(["linear", "vmap", "device"]);
    expect(told.promised).toEqual([{ at: 0, size: 4096, cpu: 3, device: 3, pending: null }]);
    const bare = replayOn(kernel(), ttmBuffer, operations);
    expect({ ...seen, steps: seen.steps.map(({ pages: _pages, ...step }) => step) }).toEqual(bare);
  });

  it("has a promise without memory, and what a device has not handed over", () => {
    const extent = { buffers: 1, pages: 2, cells: 2 };
    const oracle = new Oracle(extent);
    const words = new Uint32Array(oracle.words);
    const all = (text: string): void => steps(text).forEach((o) => oracle.observe(words, o));
    all("page_alloc:pages=2 cpu_write:linear dma_map:direction=bidirectional dev_write");
    expect(oracle.promised(words, 0, 0)).toEqual([
      { at: 0, size: 2048, cpu: null, device: 5, pending: 5 },
      { at: 2048, size: 2048, cpu: null, device: null, pending: null },
    ]);
    expect(oracle.promised(words, 0, 1)).toEqual([{ at: 0, size: 4096, cpu: null, device: null, pending: null }]);
    expect(oracle.promised(words, 0, 2)).toEqual([]);
    expect(oracle.promised(words, 1, 0)).toEqual([]);
  });
});
