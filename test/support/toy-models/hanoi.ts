// SPDX-License-Identifier: MIT
import { symmetryOfParts, type Values } from "./model.ts";
import { times, type Toy } from "./toy.ts";

const PEGS = 3;
const MOVED = 2;

/** From which peg to which, by action. */
const MOVES = [[0, 1], [0, 2], [1, 0], [1, 2], [2, 0], [2, 1]] as const;

/** The least disc on a peg; `v.length` for an empty one. */
function top(v: Values, peg: number): number {
  const disc = v.indexOf(peg);
  return disc < 0 ? v.length : disc;
}

/**
 * The towers of Hanoi: variable i is the peg of disc i, the least first. 3^n states. Between two pegs one move is possible unless both are empty:
 * three moves everywhere but in the three states with all discs on one peg, which have two: 3^(n + 1) - 3 transitions. From one tower
 * to another takes 2^n - 1 moves, and nothing is farther. The violation: no disc on the first peg and all on one other. The pegs but the first may be swapped; only
 * the first state stays as it is: (3^n + 1) / 2 orbits.
 *
 * The shortest way to a given peg is unique; of the two towers the lesser path starts with a move to peg 1.
 */
export function hanoi(discs: number): Toy {
  const solve = (n: number, from: number, to: number): number[] =>
    n === 0 ? [] : [...solve(n - 1, from, PEGS - from - to), MOVES.findIndex(([a, b]) => a === from && b === to), ...solve(n - 1, PEGS - from - to, to)];
  const [swapped] = symmetryOfParts([[0, 2, 1]], 0, [1, 0]).actions;
  const image = (move: number): number => MOVES.findIndex(([a, b]) => a === swapped![MOVES[move]![0]] && b === swapped![MOVES[move]![1]]);
  return {
    name: `towers of Hanoi, ${discs} discs`,
    model: {
      start: times(discs, 0),
      actions: MOVES.map(([from, to]) => ({
        name: `${from} to ${to}`,
        enabled: (v) => top(v, from) < top(v, to),
        run: (v) => void (v[top(v, from)] = to),
      })),
      judge: (v) => (v[0] !== 0 && v.every((peg) => peg === v[0]) ? [MOVED] : []),
      symmetry: {
        actions: [[0, 1, 2, 3, 4, 5], MOVES.map((_, i) => image(i))],
        permute: (v, permutation) => (permutation === 0 ? [...v] : v.map((peg) => swapped![peg]!)),
      },
    },
    states: 3 ** discs,
    transitions: 3 ** (discs + 1) - 3,
    depth: 2 ** discs - 1,
    found: [{ key: MOVED, path: [solve(discs, 0, 1), solve(discs, 0, 2)].find((path) => path[0] === 0)! }],
    orbits: (3 ** discs + 1) / 2,
  };
}
