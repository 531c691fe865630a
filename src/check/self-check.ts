// SPDX-License-Identifier: MIT
/**
 * The explorer holds its own reductions to account: one space is searched with each on and off, and what must agree is compared. Sleep sets
 * keep states, depth and traces; symmetry keeps what the states stand for, depth, what is found and how long it takes to show. Then all
 * that is declared independent is tried, in both orders, in the first states.
 */

import type { Bounds } from "./explorer/bounds.ts";
import { areIndependent, diamonds, type Difference } from "./explorer/diamond.ts";
import type { Found, SearchOptions, SearchResult } from "./explorer/options.ts";
import { search } from "./explorer/search.ts";
import type { Space } from "./explorer/space.ts";

/** One way to search. */
export interface Way {
  readonly symmetry: boolean;
  readonly partialOrder: boolean;
  /** Threads; 1 where it is left out. More need `recruit`. */
  readonly workers?: number;
  readonly recruit?: SearchOptions["recruit"];
}

/** The unreduced search, then each reduction alone, then both. */
export const REDUCTIONS: readonly Way[] = [
  { symmetry: false, partialOrder: false },
  { symmetry: false, partialOrder: true },
  { symmetry: true, partialOrder: false },
  { symmetry: true, partialOrder: true },
];

/** What came of one way: a row of the table. */
export interface SelfCheckRow extends Pick<SearchResult, "states" | "represents" | "transitions" | "depth" | "complete" | "stopped" | "permutations"> {
  readonly way: string;
  /** By key, operations of the shortest way to it. */
  readonly found: readonly { readonly key: number; readonly length: number }[];
}

/** A declared pair of actions whose orders differ. */
export interface WrongPair {
  readonly a: number;
  readonly b: number;
  readonly path: readonly number[];
  readonly what: Difference;
}

export interface SelfCheck {
  readonly rows: readonly SelfCheckRow[];
  /** Sentences: what should agree and does not. Empty where all is well. */
  readonly differences: readonly string[];
  /** Pairs that were tried in both orders, the states that they were tried in, and those of them that do not commute. */
  readonly pairs: { readonly tried: number; readonly states: number; readonly wrong: readonly WrongPair[] };
}

export interface SelfCheckOptions {
  readonly bounds: Bounds;
  /** The first is what the others are compared with; `REDUCTIONS` where it is left out. */
  readonly ways?: readonly Way[];
  /** States in which pairs are tried; 2000 where it is left out, 0 for none. */
  readonly pairStates?: number;
  /** What a key stands for; the number where it is left out. */
  readonly keyText?: (key: number) => string;
  readonly stop?: () => boolean;
}

function nameOf({ symmetry, partialOrder, workers = 1 }: Way): string {
  const reductions = [symmetry ? "symmetry" : "", partialOrder ? "partial order" : ""].filter((r) => r !== "").join(", ");
  const threads = workers === 1 ? "" : ` (${workers} workers)`;
  return `${reductions === "" ? "no reduction" : reductions}${threads}`;
}

function samePaths(a: readonly Found[], b: readonly Found[]): boolean {
  return a.length === b.length && a.every((f, i) => f.key === b[i]!.key && f.path.length === b[i]!.path.length && f.path.every((action, at) => action === b[i]!.path[at]));
}

/** True where a search ended at a bound that is not reached at the same place each time. */
const ended = (r: SearchResult): boolean => r.stopped === "memory" || r.stopped === "time";

/** How deep a search is known to have looked everywhere: violations that take more operations may be missing. */
const horizon = (r: SearchResult): number => (r.complete ? Infinity : r.depth);

/** Which keys one search found and another did not, or by more operations, as far as both have looked. */
function keyDifferences(found: readonly Found[], others: readonly Found[], within: number, keyText: (key: number) => string): string[] {
  return found.flatMap(({ key, path }) => {
    if (path.length > within) return [];
    const other = others.find((f) => f.key === key);
    if (other === undefined) return [`${keyText(key)} is missed`];
    return other.path.length === path.length ? [] : [`${keyText(key)} takes ${other.path.length} operations, not ${path.length}`];
  });
}

/** What a search has to agree in with another one. With more permutations than the other it visits one state for several. */
function compare(plain: SearchResult, other: SearchResult, keyText: (key: number) => string): string[] {
  const differences: string[] = [];
  const differ = (what: string, a: unknown, b: unknown): void => {
    if (a !== b) differences.push(`${what}: ${String(b)}, not ${String(a)}`);
  };
  if (other.permutations !== plain.permutations) {
    // A bound on states ends the two at different places.
    if (plain.complete && other.complete) {
      differ("states that its states stand for", plain.represents, other.represents);
      differ("depth", plain.depth, other.depth);
    } else if (plain.complete) {
      differ("complete", true, other.complete);
    }
  } else if (!ended(plain) && !ended(other)) {
    for (const what of ["complete", "stopped", "states", "depth"] as const) differ(what, plain[what], other[what]);
    if (plain.permutations > 1) differ("states that its states stand for", plain.represents, other.represents);
    if (!samePaths(plain.found, other.found)) differences.push("the traces are others");
  }
  const within = Math.min(horizon(plain), horizon(other));
  differences.push(...keyDifferences(plain.found, other.found, within, keyText));
  for (const { key, path } of other.found) if (path.length <= within && !plain.found.some((f) => f.key === key)) differences.push(`${keyText(key)} is found and was not there`);
  return differences;
}

/**
 * Searches with each reduction on and off.
 * @param make an equal space at its first state for each search: spaces and kernels remember where they are
 */
export function selfCheck(make: () => Space, options: SelfCheckOptions): SelfCheck {
  const { bounds, ways = REDUCTIONS, pairStates = 2000, keyText = String, stop } = options;
  const results = ways.map((way) => {
    const recruit = way.recruit === undefined ? {} : { recruit: way.recruit };
    return search(make(), { bounds, symmetry: way.symmetry, partialOrder: way.partialOrder, ...recruit, ...(stop === undefined ? {} : { stop }) });
  });
  const differences = results.flatMap((result, i) => {
    // With the unreduced search, and with the one that has the same symmetry.
    const others = new Set([0, ways.findIndex((w) => w.symmetry === ways[i]!.symmetry)].filter((other) => other < i));
    const texts = [...others].flatMap((other) => compare(results[other]!, result, keyText));
    return [...new Set(texts)].map((text) => `${nameOf(ways[i]!)}: ${text}`);
  });
  const rows = results.map((r, i): SelfCheckRow => {
    const { states, represents, transitions, depth, complete, stopped, permutations } = r;
    return { way: nameOf(ways[i]!), states, represents, transitions, depth, complete, stopped, permutations, found: r.found.map(({ key, path }) => ({ key, length: path.length })) };
  });
  return { rows, differences, pairs: tryPairs(make(), pairStates) };
}

function tryPairs(space: Space, states: number): SelfCheck["pairs"] {
  const { independence } = space;
  if (independence === undefined || states === 0) return { tried: 0, states: 0, wrong: [] };
  const result = diamonds(space, (a, b) => areIndependent(independence, a, b), states);
  const wrong = result.pairs.flatMap(({ a, b, differs }) => (differs === null ? [] : [{ a, b, ...differs }]));
  return { tried: result.pairs.length, states: result.states, wrong };
}
