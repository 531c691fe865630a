// SPDX-License-Identifier: MIT
/** Numbers by chance that repeat. */

/** Numbers below n. */
export type Below = (n: number) => number;

/** The same numbers for the same seed (mulberry32). */
export function numbers(seed: number): Below {
  let state = seed >>> 0;
  return (n) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  };
}
