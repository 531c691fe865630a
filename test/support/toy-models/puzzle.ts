// SPDX-License-Identifier: MIT
import type { Toy } from "./toy.ts";

const WIDTH = 3;
const HEIGHT = 2;
const REVERSED = 8;

/** Up, left, right, down: the neighbour whose tile moves into the gap. */
const MOVES = [[-1, 0], [0, -1], [0, 1], [1, 0]] as const;

/**
 * The sliding puzzle of 2 by 3: five tiles and a gap (0). Half of the 6! orders can be reached, 360, the same number with the gap in each
 * place, 60. It can move two ways from each of the four corners and three from the two in the middle: 60 * (4 * 2 + 2 * 3) = 840 transitions.
 * Of the orders one is 21 moves away
 * and none farther, as is long known of this puzzle; the violation.
 */
export function puzzle(): Toy {
  const gapOf = (v: readonly number[]): number => v.indexOf(0);
  const neighbour = (gap: number, [down, right]: (typeof MOVES)[number]): number | null => {
    const [row, column] = [Math.floor(gap / WIDTH) + down, (gap % WIDTH) + right];
    return row < 0 || row >= HEIGHT || column < 0 || column >= WIDTH ? null : row * WIDTH + column;
  };
  return {
    name: "sliding puzzle of 2 by 3",
    model: {
      start: [1, 2, 3, 4, 5, 0],
      actions: MOVES.map((move) => ({
        name: `gap by ${move.join()}`,
        enabled: (v) => neighbour(gapOf(v), move) !== null,
        run: (v) => {
          const gap = gapOf(v);
          const tile = neighbour(gap, move)!;
          v[gap] = v[tile]!;
          v[tile] = 0;
        },
      })),
      judge: (v) => (v.join("") === "450123" ? [REVERSED] : []),
    },
    states: 360,
    transitions: 840,
    depth: 21,
    found: [{ key: REVERSED, path: [0, 1, 1, 3, 2, 0, 2, 3, 1, 1, 0, 2, 3, 2, 0, 1, 1, 3, 2, 0, 2] }],
  };
}
