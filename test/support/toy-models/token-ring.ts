// SPDX-License-Identifier: MIT
import { independenceOf } from "./model.ts";
import { times, type Toy } from "./toy.ts";

const IDLE = 0;
const WAITS = 1;
const CRITICAL = 2;
const ALL = 11;

/** Steps of each node. */
const WANT = 0;
const ENTER = 2;
const LEAVE = 3;
const STEPS = 4;

/**
 * `n` nodes in a ring with one token, which node 0 has first: a node comes to want, passes the token on unless it is critical, enters with
 * the token and leaves. Nodes without it are idle or wait, the one with it may be critical too: n * 3 * 2^(n - 1) states.
 * Transitions: node i is idle in 2^(n - 1) states with the token and (n - 1) * 3 * 2^(n - 2) without; passes in 2 * 2^(n - 1), enters and leaves
 * in 2^(n - 1) each: n * 2^(n - 2) * (3 n + 7). The farthest state has the token at the last node, critical, and all others waiting: n - 1
 * passes, n wants, one enters: 2 n.
 */
export function tokenRing(n: number): Toy {
  const next = (i: number): number => (i + 1) % n;
  const token = n;
  const wants = (i: number): number => i * STEPS + WANT;
  return {
    name: `token ring of ${n}`,
    model: {
      start: times(n + 1, 0),
      actions: Array.from({ length: n }, (_, i) => [
        { name: `${i} wants`, enabled: (v: readonly number[]) => v[i] === IDLE, run: (v: number[]) => void (v[i] = WAITS) },
        { name: `${i} passes`, enabled: (v: readonly number[]) => v[token] === i && v[i] !== CRITICAL, run: (v: number[]) => void (v[token] = next(i)) },
        { name: `${i} enters`, enabled: (v: readonly number[]) => v[token] === i && v[i] === WAITS, run: (v: number[]) => void (v[i] = CRITICAL) },
        { name: `${i} leaves`, enabled: (v: readonly number[]) => v[i] === CRITICAL, run: (v: number[]) => void (v[i] = IDLE) },
      ]).flat(),
      judge: (v) => (v[token] === n - 1 && v[n - 1] === CRITICAL && v.every((x, i) => i >= n - 1 || x === WAITS) ? [ALL] : []),
      // Of different nodes, all but what moves the token or needs it. Wanting does neither.
      independence: independenceOf(n * STEPS, (a, b) => Math.floor(a / STEPS) !== Math.floor(b / STEPS) && [a, b].some((x) => x % STEPS === WANT || x % STEPS === LEAVE)),
    },
    states: n * 3 * 2 ** (n - 1),
    transitions: n * 2 ** (n - 2) * (3 * n + 7),
    depth: 2 * n,
    found: [{ key: ALL, path: [...Array.from({ length: n - 1 }, (_, i) => [wants(i), wants(i) + 1]).flat(), wants(n - 1), wants(n - 1) + ENTER] }],
  };
}
