// SPDX-License-Identifier: MIT
import type { Toy } from "./toy.ts";

const FOUR = 4;

/**
 * Jugs of 3 and 5, four wanted ("Die Hard"). After each action one of them is empty or full: the states are the edge of a grid of
 * 4 by 6, 2 * (3 + 5) = 16, all of them reached. Every action is always possible, 16 * 6 transitions, if many change nothing. Four is
 * reached by: fill 5, pour, empty 3, pour, fill 5, pour. From the first state the edge is walked both ways round: on the
 * one by pouring 5 to 3, on the other 3 to 5; the farthest state is 7 away.
 */
export function jugs(): Toy {
  const pour = (v: number[], from: number, to: number, room: number): void => {
    const moved = Math.min(v[from]!, room - v[to]!);
    v[from]! -= moved;
    v[to]! += moved;
  };
  const always = (): boolean => true;
  return {
    name: "jugs of 3 and 5",
    model: {
      start: [0, 0],
      actions: [
        { name: "fill 3", enabled: always, run: (v) => void (v[0] = 3) },
        { name: "fill 5", enabled: always, run: (v) => void (v[1] = 5) },
        { name: "empty 3", enabled: always, run: (v) => void (v[0] = 0) },
        { name: "empty 5", enabled: always, run: (v) => void (v[1] = 0) },
        { name: "pour 3 to 5", enabled: always, run: (v) => pour(v, 0, 1, 5) },
        { name: "pour 5 to 3", enabled: always, run: (v) => pour(v, 1, 0, 3) },
      ],
      judge: (v) => (v[1] === 4 ? [FOUR] : []),
    },
    states: 16,
    transitions: 96,
    depth: 7,
    found: [{ key: FOUR, path: [1, 5, 2, 5, 1, 5] }],
  };
}
