// SPDX-License-Identifier: MIT
import { describe, expect, it } from "vitest";
import { toyKernel } from "../../test/support/toy-kernel.ts";
import { DOMAIN_HOST } from "../machine/index.ts";
import { ttmBuffer } from "../scenarios/workloads/ttm-buffer.ts";
import { search } from "./explorer/search.ts";
import { KernelSpace } from "./kernel-space.ts";
import { RULES } from "./rules/index.ts";

describe("a kernel under a workload, as a space", () => {
  it("begins at the kernel's first state, wherever an earlier search has left it", () => {
    const space = new KernelSpace(toyKernel({ domains: { vmap: DOMAIN_HOST } }), ttmBuffer, RULES);
    space.start();
    const first = space.state.slice();
    const options = { bounds: { states: 1000, depth: 64 } };
    const once = search(space, options);
    expect(once.states).toBeGreaterThan(10);
    expect(search(space, options)).toEqual(once);
    search(space, { bounds: { states: 1000, depth: 4 } });
    space.start();
    expect(space.state).toEqual(first);
  });
});
