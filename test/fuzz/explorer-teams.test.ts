// SPDX-License-Identifier: MIT
/** One, two and three threads on random small models: the same result, to the last number. */

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Checkpoint } from "../../src/check/explorer/checkpoint.ts";
import type { SearchOptions, SearchResult } from "../../src/check/explorer/options.ts";
import { search } from "../../src/check/explorer/search.ts";
import { essence, FAR, MODES } from "../support/explorer-agreement.ts";
import { fuzzCount } from "../support/mutate.ts";
import { portableModel, type RandomModel, spaceOf } from "../support/random-model.ts";
import { buildModel, type TeamModel } from "../support/team-model.ts";
import { Teams } from "../support/teams.ts";
import { LARGE_MODELS } from "../support/toy-models/large.ts";

const COUNT = fuzzCount(0.001);
const TIMEOUT = 3_600_000;
const SIZES = [2, 3];

const mode = fc.constantFrom(...MODES);
const bounds = fc.oneof(fc.constant(FAR), fc.record({ states: fc.nat(200), depth: fc.constant(FAR.depth) }), fc.record({ states: fc.constant(FAR.states), depth: fc.nat(8) }));

/** A checkpoint but for which thread's space said what. */
function positions(checkpoint: Checkpoint | null): unknown {
  if (checkpoint === null) return null;
  const { summaries: _summaries, ...rest } = checkpoint;
  return rest;
}

let teams: Teams;
beforeAll(() => {
  teams = new Teams(Math.max(...SIZES));
});
afterAll(() => teams.end());

const known = (spec: RandomModel): TeamModel => ({ spec, independence: spaceOf(spec).independence! });

async function run(size: number, model: TeamModel, options: SearchOptions): Promise<SearchResult> {
  return size === 1 ? search(buildModel(model), options) : teams.search(size, model, options);
}

describe("random models, by several threads", { timeout: TIMEOUT }, () => {
  it("come to the same result and the same checkpoint, whatever the number of threads", async () => {
    await fc.assert(
      fc.asyncProperty(portableModel, mode, bounds, async (spec, { symmetry, partialOrder, compact }, within) => {
        const model = known(spec);
        const options = { symmetry, partialOrder, compact, bounds: within, keep: true };
        const alone = await run(1, model, options);
        for (const size of SIZES) {
          const together = await run(size, model, options);
          expect(essence(together)).toEqual(essence(alone));
          expect(positions(together.checkpoint)).toEqual(positions(alone.checkpoint));
        }
      }),
      { numRuns: COUNT, seed: 11 },
    );
  });

  it("go on from a checkpoint with another number of threads", async () => {
    const stretch = fc.record({ size: fc.integer({ min: 1, max: 3 }), states: fc.nat(150) });
    await fc.assert(
      fc.asyncProperty(portableModel, mode, fc.array(stretch, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 3 }), async (spec, { symmetry, partialOrder, compact }, stretches, last) => {
        const model = known(spec);
        const reductions = { symmetry, partialOrder, compact };
        let checkpoint: Checkpoint | null = null;
        for (const { size, states } of stretches) {
          const { checkpoint: next }: SearchResult = await run(size, model, { ...reductions, bounds: { ...FAR, states }, keep: true, ...(checkpoint === null ? {} : { resume: checkpoint }) });
          if (next === null) return;
          checkpoint = next;
        }
        const end = await run(last, model, { ...reductions, bounds: FAR, resume: checkpoint! });
        expect(essence(end)).toEqual(essence(await run(1, model, { ...reductions, bounds: FAR })));
      }),
      { numRuns: COUNT, seed: 12 },
    );
  });
});

const WHOLE = { bounds: FAR, keep: true };

it.each(LARGE_MODELS)("a large model, %s, comes to the same result by several threads", { timeout: TIMEOUT }, async (model) => {
  const alone = await run(1, model, WHOLE);
  expect(alone.complete).toBe(true);
  for (const size of SIZES) expect(essence(await run(size, model, WHOLE))).toEqual(essence(alone));
});

// Of the widest once is enough: it takes seconds.
it.each(LARGE_MODELS.filter((model) => model !== "wide"))("%s comes to it through checkpoints of other numbers of threads, which are the same, whole and compact", { timeout: TIMEOUT }, async (model) => {
  for (const compact of [false, true]) {
    const alone = await run(1, model, { ...WHOLE, compact });
    const [fifth, half] = [5, 2].map((part) => ({ ...FAR, states: Math.ceil(alone.states / part) }));
    const first = await run(2, model, { ...WHOLE, compact, bounds: fifth! });
    const second = await run(3, model, { ...WHOLE, compact, bounds: half!, resume: first.checkpoint! });
    const same = await run(1, model, { ...WHOLE, compact, bounds: half! });
    expect(essence(second)).toEqual(essence(same));
    expect(positions(second.checkpoint)).toEqual(positions(same.checkpoint));
    expect(essence(await run(2, model, { ...WHOLE, compact, resume: second.checkpoint! }))).toEqual(essence(alone));
  }
});
