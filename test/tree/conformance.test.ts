// SPDX-License-Identifier: MIT
/**
 * Model and real kernel in lock step: random operations, as drivers and the DMA API's users would do them; every answer, view, frame and
 * complaint compared. What may differ is where things are: frames and addresses.
 */

import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { PLATFORMS } from "../../src/machine/index.ts";
import { type Conformance, CONFORMANCE_MACHINES, type Kind, KINDS, LENGTH } from "../support/conformance.ts";
import { ConformanceThreads } from "../support/conformance-threads.ts";
import { treeFilesFor } from "../support/tree-factory.ts";

const RELEASES = [
  { release: "6.12", source: inject("linux612") },
  { release: "6.1", source: inject("linux61") },
] as const;

/** What does not boot anywhere, with either kernel. */
const REFUSED: Readonly<Record<string, readonly string[]>> = { "6.1": ["sev-snp-vtom"] };

/** Sequences for each platform and release, half of them of each kind. */
const SEQUENCES = Number(process.env["CBIT_CONFORMANCE"] ?? (process.env["CI"] === "true" ? 10_000 : 600));
const EACH = SEQUENCES / KINDS.length;

describe.skipIf(RELEASES.every((r) => r.source === null))("model and Linux in lock step", () => {
  let threads: ConformanceThreads;
  beforeAll(() => {
    threads = new ConformanceThreads();
  });
  afterAll(() => threads.end());

  describe.each(RELEASES.filter((r) => r.source !== null))("model:$release and Linux $release do the same", ({ release, source }) => {
    /** All of them are begun at once, so that no thread waits for a test to end. */
    const results = new Map<string, Promise<Conformance>>();
    const key = (platform: string, kind: Kind): string => `${platform} ${kind}`;

    beforeAll(async () => {
      const tree = await treeFilesFor(source!, inject("treeCache"), CONFORMANCE_MACHINES);
      for (const kind of KINDS) {
        for (const { name } of PLATFORMS) {
          const result = threads.run({ release, tree, platform: name, kind, sequences: EACH });
          // Whoever waits for it hears of it.
          result.catch(() => undefined);
          results.set(key(name, kind), result);
        }
      }
    });

    describe.each(KINDS)("with %s", (kind) => {
      const booting = PLATFORMS.map((p) => p.name).filter((name) => REFUSED[release]?.includes(name) !== true);
      it.each(booting)(`${EACH} sequences of ${LENGTH} operations on %s`, { timeout: 3_600_000 }, async (platform) => {
        const { sequences, steps, differing, first } = await results.get(key(platform, kind))!;
        expect(first?.got).toEqual(first?.expected);
        expect({ where: first?.where, differing, sequences }).toEqual({ where: undefined, differing: 0, sequences: EACH });
        // Kernels that end at once agree on nothing.
        expect(steps).toBeGreaterThan((EACH * LENGTH) / 2);
      });

      it.each(REFUSED[release] ?? [])("nothing on %s, which neither boots on", async (platform) => {
        expect(await results.get(key(platform, kind))).toMatchObject({ sequences: 0 });
      });
    });
  });
});
