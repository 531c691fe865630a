// SPDX-License-Identifier: MIT
import type { Values } from "./model.ts";
import type { Toy } from "./toy.ts";

const MISSIONARIES = 0;
const CANNIBALS = 1;
const BANK = 2;
const SAFE = 5;
const EATEN = 9;

/** Who crosses, by action: missionaries and cannibals. */
const BOATS = [[1, 0], [2, 0], [0, 1], [0, 2], [1, 1]] as const;

/** Who is left on the first bank behind a crossing. */
function crossed(v: Values, [m, c]: (typeof BOATS)[number]): readonly [number, number] {
  const sign = v[BANK] === 0 ? -1 : 1;
  return [v[MISSIONARIES]! + sign * m, v[CANNIBALS]! + sign * c];
}

const outnumbered = (m: number, c: number): boolean => (m > 0 && c > m) || (m < 3 && 3 - c > 3 - m);

/**
 * Three missionaries, three cannibals, a boat for two. A crossing after which missionaries are outnumbered somewhere violates and ends.
 * Safe are m = 0, m = 3 (any c) and m = c. By level (missionaries and cannibals on the first bank; < the boat is there):
 *
 *     33<   32> 31> 22>   32<   30>   31<   11>   22<   02>   03<   01>   11< 02<   00>   01<
 *
 * 16 states, all across after 11 steps and 12 to the farthest. Between them there are 17 ways to cross: 33< with the three behind it,
 * 32< with 31> and 22>, then 32< 30> 31< 11> 22< 02> 03< 01> one behind the other, two ways to 00>, and 00> 01<. Each can be
 * gone in both directions: 34 transitions. Boats that the people on the boat's bank can fill, state by state: 5, 1 2 3, 5, 2, 4, 5, 5, 4, 2, 5, 3 2, 5, 1:
 * 54, of which 20 end. The path is the only one but for the choices behind 33< and 01>.
 */
export function river(): Toy {
  return {
    name: "missionaries and cannibals",
    model: {
      start: [3, 3, 0],
      actions: BOATS.map((boat) => ({
        name: `${boat[0]} + ${boat[1]} cross`,
        enabled: (v) => {
          const here = v[BANK] === 0 ? [v[MISSIONARIES]!, v[CANNIBALS]!] : [3 - v[MISSIONARIES]!, 3 - v[CANNIBALS]!];
          return here[0]! >= boat[0] && here[1]! >= boat[1];
        },
        run: (v) => v.splice(0, 3, ...crossed(v, boat), 1 - v[BANK]!),
        violates: (v) => (outnumbered(...crossed(v, boat)) ? [EATEN] : []),
        ends: (v) => outnumbered(...crossed(v, boat)),
      })),
      judge: (v) => (v[MISSIONARIES] === 0 && v[CANNIBALS] === 0 ? [SAFE] : []),
    },
    states: 16,
    transitions: 54,
    depth: 12,
    found: [
      { key: EATEN, path: [0] },
      { key: SAFE, path: [3, 2, 3, 2, 1, 4, 1, 2, 3, 0, 4] },
    ],
  };
}
