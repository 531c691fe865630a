// SPDX-License-Identifier: MIT
import { independenceOf, permutations, SPARSE } from "./model.ts";
import { times, type Toy } from "./toy.ts";

const FULL_OF_LAST = 6;
const OVERFLOW = 7;

/** Partitions of n things into k sets (Stirling numbers of the second kind). */
function partitions(n: number, k: number): number {
  if (n === 0 || k === 0) return n === k ? 1 : 0;
  return k * partitions(n - 1, k) + partitions(n - 1, k - 1);
}

/**
 * A queue of up to `room` items of `kinds` kinds; a put into a full one violates and ends. A state is as long as the queue: all
 * sequences, the sum of kinds^i for i <= room. Each has `kinds` puts, all but the empty one a take. Full of the last
 * kind is `room` puts away, as all full ones; the overflow one more. Up to the names of the kinds a sequence is a partition of its
 * places into at most `kinds` sets. A put and a take commute where both can be: what is taken was there before. (A put into a full queue is
 * another thing behind a take: where the queue is full they do not commute, so that no pair is independent.)
 */
export function buffer(room: number, kinds: number): Toy {
  const lengths = Array.from({ length: room + 1 }, (_, i) => i);
  const states = lengths.reduce((sum, i) => sum + kinds ** i, 0);
  return {
    name: `queue of ${room} items of ${kinds} kinds`,
    model: {
      start: [],
      actions: [
        ...Array.from({ length: kinds }, (_, kind) => ({
          name: `put ${kind}`,
          enabled: (): boolean => true,
          run: (v: number[]): void => void v.push(kind),
          violates: (v: readonly number[]): readonly number[] => (v.length === room ? [OVERFLOW] : []),
          ends: (v: readonly number[]): boolean => v.length === room,
        })),
        { name: "take", enabled: (v) => v.length > 0, run: (v) => void v.shift() },
      ],
      judge: (v) => (v.length === room && v.every((x) => x === v[0]) ? [FULL_OF_LAST] : []),
      symmetry: {
        actions: permutations(kinds).map((p) => [...p, kinds]),
        permute: (v, permutation) => v.map((x) => permutations(kinds)[permutation]![x]!),
      },
      independence: independenceOf(kinds + 1, () => false),
    },
    layout: SPARSE,
    states,
    transitions: kinds * states + (states - 1),
    depth: room,
    found: [
      { key: FULL_OF_LAST, path: times(room, 0) },
      { key: OVERFLOW, path: times(room + 1, 0) },
    ],
    orbits: lengths.reduce((sum, i) => sum + lengths.filter((k) => k <= kinds).reduce((all, k) => all + partitions(i, k), 0), 0),
  };
}
