// SPDX-License-Identifier: MIT
/** Holds the explorer against the naive one, with every kind of reduction and bound. Each check throws where they differ. */

import { expect } from "vitest";
import type { SearchOptions, SearchResult } from "../../src/check/explorer/options.ts";
import { search } from "../../src/check/explorer/search.ts";
import { type Space, STEP_MOVED } from "../../src/check/explorer/space.ts";
import { compareSightings, faultsOf, type NaiveFound, type NaiveResult, replayKeys, type Sighting, stepsFrom } from "./naive-explorer.ts";

/** No bound. */
export const FAR = { states: Number.MAX_SAFE_INTEGER, depth: Number.MAX_SAFE_INTEGER } as const;

/** What a search reduces by, and keeps. */
export interface Mode {
  readonly name: string;
  readonly symmetry: boolean;
  readonly partialOrder: boolean;
  readonly compact: boolean;
}

/** All ways to search. */
export const MODES: readonly Mode[] = [false, true].flatMap((compact) =>
  [false, true].flatMap((symmetry) =>
    [false, true].map((partialOrder) => ({
      name: [compact ? "compact" : "whole states", ...(symmetry ? ["symmetry"] : []), ...(partialOrder ? ["sleep sets"] : [])].join(", "),
      symmetry,
      partialOrder,
      compact,
    })),
  ),
);

/** What must be equal however the search was interrupted and by however many threads. */
export function essence({ bytes: _bytes, checkpoint: _checkpoint, ...rest }: SearchResult): Omit<SearchResult, "bytes" | "checkpoint"> {
  return rest;
}

/** Searches in a mode. @param more what else the search is told */
export function searchIn({ symmetry, partialOrder, compact }: Mode, space: Space, bounds: SearchOptions["bounds"], more: Partial<SearchOptions> = {}): SearchResult {
  return search(space, { bounds, symmetry, partialOrder, compact, ...more });
}

/** The paths that a search found are paths of the space, each with its key at the end. */
export function expectReplays(space: Space, found: readonly NaiveFound[]): void {
  const bad = found.filter(({ key, path }) => replayKeys(space, path)?.at(-1)?.includes(key) !== true);
  expect(bad).toEqual([]);
}

const lengths = (found: readonly NaiveFound[]): readonly (readonly [number, number])[] => found.map(({ key, path }): [number, number] => [key, path.length]).sort((a, b) => a[0] - b[0]);

/** A result equals what the naive explorer says, as far as the mode leaves it equal. */
export function expectAgreement(space: Space, mode: Mode, result: SearchResult, naive: NaiveResult): void {
  expect(result.represents).toBe(naive.states);
  expect(result.depth).toBe(naive.depth);
  expect(result.complete).toBe(naive.complete);
  if (mode.symmetry) {
    expect(result.states).toBeLessThanOrEqual(naive.states);
    expect(lengths(result.found)).toEqual(lengths(naive.found));
    expectReplays(space, result.found);
  } else {
    expect(result.states).toBe(naive.states);
    expect(result.found).toEqual(naive.found);
  }
  if (mode.symmetry || mode.partialOrder) expect(result.transitions).toBeLessThanOrEqual(naive.transitions);
  else expect(result.transitions).toBe(naive.transitions);
  if (mode.compact) {
    expect(result.omission).toBeGreaterThan(0);
    expect(result.omission).toBeLessThan(1e-9);
  } else expect(result.omission).toBe(0);
}

/** What comes of expanding only the first states, in the order in which a single thread without symmetry discovers them. */
export function expectPrefix(space: Space, result: SearchResult, naive: NaiveResult): void {
  const order = naive.levels.flat();
  const expanded = result.states - result.frontier;
  const known = new Map<string, readonly number[]>([[order[0]!.words.join(), []]]);
  const sightings = new Map<number, Sighting>();
  const note = (sighting: Sighting): void => {
    const best = sightings.get(sighting.key);
    if (best === undefined || compareSightings(sighting, best) < 0) sightings.set(sighting.key, sighting);
  };
  for (const { words, path } of order.slice(0, expanded)) {
    for (const step of stepsFrom(space, words)) {
      for (const key of step.violations) note({ key, path: [...path, step.action], ofState: false });
      if (step.kind === STEP_MOVED && !known.has(step.words.join())) known.set(step.words.join(), [...path, step.action]);
    }
  }
  for (const { words, path } of order.slice(1, known.size)) for (const key of faultsOf(space, words, path.at(-1)!)) note({ key, path, ofState: true });
  expect(result.states).toBe(known.size);
  expect(result.found).toEqual([...sightings.values()].sort(compareSightings).map(({ key, path }) => ({ key, path })));
}

/** What ends a stretch of a search: a bound, or the time after so many looks at the clock. */
export type Stop = Partial<SearchOptions["bounds"]> & { readonly looks?: number };

/** Searches in stretches, each on a space of its own: ends at each of the stops in turn, and goes on from there; the last stretch has no bound. */
export function searchInStretches(build: () => Space, mode: Mode, stops: readonly Stop[]): SearchResult {
  let result: SearchResult | null = null;
  const stretches: readonly Stop[] = [...stops, FAR];
  for (const { looks = Number.POSITIVE_INFINITY, ...stop } of stretches) {
    let looked = 0;
    const checkpoint = result?.checkpoint ?? null;
    if (result !== null && checkpoint === null) break;
    // A copy, as one that was written to a file and read again.
    result = searchIn(mode, build(), { ...FAR, ...stop }, { keep: true, stop: () => ++looked >= looks, ...(checkpoint === null ? {} : { resume: structuredClone(checkpoint) }) });
  }
  return result!;
}

/** A search that a number of states bounds is the whole one where it fits, and else ends with the state whose steps go beyond. */
export function expectCutAt(states: number, space: Space, mode: Mode, naive: NaiveResult): void {
  const result = searchIn(mode, space, { ...FAR, states });
  const whole = searchIn(mode, space, FAR);
  expect(result.complete).toBe(whole.states <= states);
  if (result.complete) {
    expect(essence(result)).toEqual(essence(whole));
    return;
  }
  expect(result.stopped).toBe("states");
  expect(result.states).toBeGreaterThan(states);
  expect(result.states).toBeLessThanOrEqual(Math.max(1, states + space.actions));
  if (!mode.symmetry) expectPrefix(space, result, naive);
}
