// SPDX-License-Identifier: MIT
/** Lock step notices a kernel that decides otherwise: the patches of which each takes one decision otherwise, or none. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Conformance, CONFORMANCE_MACHINES, KINDS } from "../support/conformance.ts";
import { ConformanceThreads } from "../support/conformance-threads.ts";
import { KERNEL_EDITS, type KernelEdit, writePatch } from "../support/kernel-edits.ts";
import { treeFilesFor } from "../support/tree-factory.ts";

const source = inject("linux612");
const PLATFORMS = ["sme-zen2", "sev", "tdx"];
/** Sequences of each kind on each platform. */
const SEQUENCES = 140;

describe.skipIf(source === null)("the model in lock step with a kernel that was patched", () => {
  const folder = mkdtempSync(join(tmpdir(), "cbit-conformance-"));
  const machines = CONFORMANCE_MACHINES.filter((m) => PLATFORMS.includes(m.platform.name));
  let threads: ConformanceThreads;
  beforeAll(() => {
    threads = new ConformanceThreads();
  });
  afterAll(async () => {
    await threads.end();
    rmSync(folder, { recursive: true, force: true });
  });

  // Nobody is wrong with it, but single pages have no mapping of their own any more.
  const seen = (edit: KernelEdit): boolean => edit.subject === "drm/ttm: kmap single decrypted pages through the linear map";
  const decides = (edit: KernelEdit): boolean => edit.broken !== undefined || edit.changed !== undefined || edit.fixed !== undefined || seen(edit);

  it.each(KERNEL_EDITS.map((edit) => [decides(edit) ? "differs" : "does the same", edit.subject, edit] as const))("%s: %s", async (verdict, _, edit) => {
    const tree = await treeFilesFor(source!, inject("treeCache"), machines, [writePatch(source!, edit, "diff", folder)]);
    const jobs = PLATFORMS.flatMap((platform) => KINDS.map((kind) => threads.run({ release: "6.12", tree, platform, kind, sequences: SEQUENCES })));
    const results: readonly Conformance[] = await Promise.all(jobs);
    expect(results.some((r) => r.differing > 0)).toBe(verdict === "differs");
  });
});
