// SPDX-License-Identifier: MIT
import { independenceOf, type Model, permutations, symmetryOfParts } from "./model.ts";
import { binomial, times, type Toy } from "./toy.ts";

const FULL = 3;

function model(count: number, base: number, wraps: boolean): Model {
  return {
    start: times(count, 0),
    actions: Array.from({ length: count }, (_, i) => ({
      name: `count ${i}`,
      enabled: (v) => wraps || v[i]! < base - 1,
      run: (v) => void (v[i] = (v[i]! + 1) % base),
    })),
    judge: (v) => (v.every((x) => x === base - 1) ? [FULL] : []),
    independence: independenceOf(count, () => true),
    // Beyond five the permutations are too many for a test.
    ...(count <= 5 ? { symmetry: symmetryOfParts(permutations(count), 1, [1, 0]) } : {}),
  };
}

/**
 * `count` counters modulo `base`: any of them goes up by one. base^count states, `count` actions in each; the farthest has all
 * counters at base - 1, and is the violation: counter 0 first is least. A state up to the order of the counters is a multiset:
 * binomial(count + base - 1, count).
 */
export function counters(count: number, base: number): Toy {
  const states = base ** count;
  const path = Array.from({ length: count }, (_, i) => times(base - 1, i)).flat();
  return {
    name: `${count} counters modulo ${base}`,
    model: model(count, base, true),
    states,
    transitions: count * states,
    depth: count * (base - 1),
    found: [{ key: FULL, path }],
    ...(count <= 5 ? { orbits: binomial(count + base - 1, count) } : {}),
  };
}

/**
 * The same, but that a counter stays at base - 1. Each counter can go up from all but one of its values: count * (base - 1) *
 * base^(count - 1) transitions. Any two actions commute: of the orders that lead to a state only the sorted one is left, one
 * transition for each state but the first.
 */
export function climbers(count: number, base: number): Toy {
  const full = counters(count, base);
  return {
    ...full,
    name: `${count} counters up to ${base - 1}`,
    model: model(count, base, false),
    transitions: count * (base - 1) * base ** (count - 1),
    reduced: full.states - 1,
  };
}
