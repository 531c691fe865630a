// SPDX-License-Identifier: MIT
import { independenceOf, rotations, symmetryOfParts } from "./model.ts";
import { times, type Toy } from "./toy.ts";

const THINKS = 0;
const HAS_LEFT = 1;
const EATS = 2;
const DEADLOCK = 1;

/** Pell numbers: P(0) = 0, P(1) = 1, P(n) = 2 P(n - 1) + P(n - 2). */
function pell(n: number): number {
  return n < 2 ? n : 2 * pell(n - 1) + pell(n - 2);
}

/** Numbers from 1 to n that have no divisor in common with n. */
function totient(n: number): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  return Array.from({ length: n }, (_, i) => i + 1).filter((i) => gcd(i, n) === 1).length;
}

/**
 * `n` philosophers, n >= 2, fork i at the left of philosopher i: each takes the left fork, then the right one, eats and puts both down.
 * Forks are where the philosophers' states say. The only rule is that right of one who eats one thinks; with the
 * matrix of that (thinks, has left, eats) to the power n, whose eigenvalues are 0 and 1 +- sqrt 2, the trace gives
 * (1 + sqrt 2)^n + (1 - sqrt 2)^n = 2 P(n + 1) - 2 P(n) states. All can be reached: those who eat take both forks in any order.
 *
 * Rows of m that do not end in one who eats: b(m) = 2 b(m - 1) + b(m - 2), b(0) = 1, b(1) = 2, so P(m + 1). Philosopher i has the left fork
 * in P(n) states (the row of the others, which ends left of i), eats in P(n - 1) (i + 1 thinks, the row of the others). A step that
 * takes the left fork leads to a state where i has it, from exactly one; the same for the right one; all who eat can stop:
 * n (P(n) + 2 P(n - 1)) transitions.
 *
 * A state is as many steps away as it has forks taken, n at most. All with the left fork: the deadlock.
 * Rotations (Burnside): 1/n times the sum over d | n of phi(d) S(n / d), where S(1) = 2: all think or all have the left fork.
 */
export function philosophers(n: number): Toy {
  const statesOf = (m: number): number => 2 * pell(m + 1) - 2 * pell(m);
  const fixed = Array.from({ length: n }, (_, i) => i + 1).filter((d) => n % d === 0).map((d) => totient(d) * statesOf(n / d));
  const right = (i: number): number => (i + 1) % n;
  const left = (i: number): number => (i + n - 1) % n;
  return {
    name: `${n} philosophers`,
    model: {
      start: times(n, THINKS),
      actions: Array.from({ length: n }, (_, i) => [
        { name: `${i} takes left`, enabled: (v: readonly number[]) => v[i] === THINKS && v[left(i)] !== EATS, run: (v: number[]) => void (v[i] = HAS_LEFT) },
        { name: `${i} takes right`, enabled: (v: readonly number[]) => v[i] === HAS_LEFT && v[right(i)] === THINKS, run: (v: number[]) => void (v[i] = EATS) },
        { name: `${i} puts down`, enabled: (v: readonly number[]) => v[i] === EATS, run: (v: number[]) => void (v[i] = THINKS) },
      ]).flat(),
      judge: (v) => (v.every((x) => x === HAS_LEFT) ? [DEADLOCK] : []),
      symmetry: symmetryOfParts(rotations(n), 1, [3, 0]),
      // What does not reach for the same forks.
      independence: independenceOf(3 * n, (a, b) => {
        const forks = (action: number): number[] => {
          const i = Math.floor(action / 3);
          return [[i], [right(i)], [i, right(i)]][action % 3]!;
        };
        return Math.floor(a / 3) !== Math.floor(b / 3) && !forks(a).some((f) => forks(b).includes(f));
      }),
    },
    states: statesOf(n),
    transitions: n * (pell(n) + 2 * pell(n - 1)),
    depth: n,
    found: [{ key: DEADLOCK, path: Array.from({ length: n }, (_, i) => 3 * i) }],
    orbits: fixed.reduce((a, b) => a + b) / n,
  };
}
