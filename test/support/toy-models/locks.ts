// SPDX-License-Identifier: MIT
import { independenceOf, type Model, permutations, symmetryOfParts } from "./model.ts";
import { times, type Toy } from "./toy.ts";

const IDLE = 0;
const WAITS = 1;
const CRITICAL = 2;
const TWO = 1;
const ALL = 4;
const STEPS = 3;

/** The process that holds the lock, plus one, is behind the processes' states: a variable whose values are permuted with them. */
function symmetryOf(n: number): NonNullable<Model["symmetry"]> {
  const group = permutations(n);
  const parts = symmetryOfParts(group, 1, [STEPS, 0]);
  return {
    actions: parts.actions,
    permute: (v, permutation) => {
      const into = parts.permute(v, permutation);
      into[n] = v[n] === 0 ? 0 : group[permutation]![v[n]! - 1]! + 1;
      return into;
    },
  };
}

/** More than one of the first `n` variables. */
const twoCritical = (n: number, v: readonly number[]): number[] => (v.filter((x, i) => i < n && x === CRITICAL).length > 1 ? [TWO] : []);

/**
 * `n` processes and a lock: each comes to want it, takes it where it is free, and gives it back. At most one is critical: 2^n + n 2^(n - 1)
 * states; up to the order of the processes, n + 1 numbers of those that wait with none critical and n with one. One is idle in
 * 2^(n - 1) states with none critical and in (n - 1) 2^(n - 2) with another one critical; takes the lock in 2^(n - 1) and gives it back in as many:
 * n (3 * 2^(n - 1) + (n - 1) 2^(n - 2)) transitions. Farthest: all others wait and one is critical: n + 1 steps.
 */
export function locks(n: number): Toy {
  return {
    name: `${n} processes with a lock`,
    model: {
      start: times(n + 1, 0),
      actions: Array.from({ length: n }, (_, i) => [
        { name: `${i} wants`, enabled: (v: readonly number[]) => v[i] === IDLE, run: (v: number[]) => void (v[i] = WAITS) },
        { name: `${i} takes`, enabled: (v: readonly number[]) => v[i] === WAITS && v[n] === 0, run: (v: number[]) => { v[i] = CRITICAL; v[n] = i + 1; } },
        { name: `${i} gives`, enabled: (v: readonly number[]) => v[i] === CRITICAL, run: (v: number[]) => { v[i] = IDLE; v[n] = 0; } },
      ]).flat(),
      judge: (v) => [...twoCritical(n, v), ...(v.every((x) => x !== IDLE) ? [ALL] : [])],
      symmetry: symmetryOf(n),
      // Wanting has nothing to do with the lock.
      independence: independenceOf(n * STEPS, (a, b) => Math.floor(a / STEPS) !== Math.floor(b / STEPS) && (a % STEPS === 0 || b % STEPS === 0)),
    },
    states: 2 ** n + n * 2 ** (n - 1),
    transitions: n * (3 * 2 ** (n - 1) + ((n - 1) * 2 ** n) / 4),
    depth: n + 1,
    found: [{ key: ALL, path: [0, 1, ...Array.from({ length: n - 1 }, (_, i) => (i + 1) * STEPS)] }],
    orbits: 2 * n + 1,
  };
}

/**
 * The same with a lock that is looked at in one step and taken in the next: two can see it free. Four steps at least, as each needs two;
 * the second one has to look before the first one takes it.
 */
export function brokenLock(n: number): Pick<Toy, "name" | "model" | "found"> {
  return {
    name: `${n} processes with a broken lock`,
    model: {
      start: times(n + 1, 0),
      actions: Array.from({ length: n }, (_, i) => [
        { name: `${i} looks`, enabled: (v: readonly number[]) => v[i] === IDLE && v[n] === 0, run: (v: number[]) => void (v[i] = WAITS) },
        { name: `${i} takes`, enabled: (v: readonly number[]) => v[i] === WAITS, run: (v: number[]) => { v[i] = CRITICAL; v[n] = 1; } },
        { name: `${i} gives`, enabled: (v: readonly number[]) => v[i] === CRITICAL, run: (v: number[]) => { v[i] = IDLE; v[n] = 0; } },
      ]).flat(),
      judge: (v) => twoCritical(n, v),
      symmetry: symmetryOfParts(permutations(n), 1, [STEPS, 0]),
    },
    found: [{ key: TWO, path: [0, STEPS, 1, STEPS + 1] }],
  };
}
