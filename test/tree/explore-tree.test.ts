// SPDX-License-Identifier: MIT
/** `cbit explore` on Linux 6.12 itself: the machine's state along a token, and a search in parts. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, inject, it } from "vitest";
import { cbit, parsed, type Ran } from "../support/cbit.ts";

const source = inject("linux612");
const folder = mkdtempSync(join(tmpdir(), "cbit-explore-tree-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Replayed {
  readonly rule: string;
  readonly steps: readonly {
    readonly pages: readonly {
      readonly frame: { readonly cells: readonly { readonly memory: { readonly token: number | null; readonly storedIn: string } }[]; readonly linear: object };
      readonly changed: readonly object[];
      readonly promised: readonly object[];
      readonly views: readonly { readonly kind: string; readonly cBit: boolean }[];
    }[];
  }[];
}

const TOKENS = [
  ["cbit1/model:6.12/decrypt-dma-alloc-guest/sme-zen2,iommu=off/amdgpu-gfx9/ttm-buffer/bo_create,bo_populate,bo_vmap,cpu_write:vmap,dev_read", 1],
  ["cbit1/model:6.12/decrypt-dma-alloc-guest/sev/amdgpu-gfx9/dma-coherent/dma_alloc,cpu_write:coherent,dev_read", 0],
] as const;

describe.skipIf(source === null)("cbit explore on a tree", () => {
  const kernel = ["--kernel", `tree:${source}`];
  const run = (args: readonly string[]): Ran => cbit(["explore", ...args], { CBIT_CACHE: inject("treeCache") });

  it.each(TOKENS)("replays a model's token, and shows the same of each page but where it lies: %s", (token, code) => {
    const pages = (more: readonly string[]): object => {
      const { exit, out } = run(["--replay", token, "--json", ...more]);
      expect(exit).toBe(code);
      const { rule, steps } = parsed<Replayed>(out);
      const shape = (p: Replayed["steps"][number]["pages"][number]) => ({ memory: p.frame.cells[0]!.memory, linear: p.frame.linear, changed: p.changed, promised: p.promised, views: p.views.map((v) => [v.kind, v.cBit]) });
      return { rule, steps: steps.map((s) => s.pages.map((p) => ({ ...shape(p), memory: { ...p.frame.cells[0]!.memory, bytes: "" } }))) };
    };
    expect(pages(kernel)).toEqual(pages([]));
  });

  it("goes on from a checkpoint to the same answer, though its snapshots are another process's", () => {
    const file = join(folder, "tree.checkpoint");
    const world = ["--machine", "sev", "--device", "vmwgfx", ...kernel];
    const answer = (out: string): object => ({ ...parsed<{ search: object; resumed: string | null }>(out), resumed: null });
    expect(run([...world, "--states", "20", "--checkpoint", file]).exit).toBe(4);
    const rest = run(["--resume", file, "--json"]);
    expect(rest.exit).toBe(0);
    expect(answer(rest.out)).toEqual(answer(run([...world, "--json"]).out));
  });
});
