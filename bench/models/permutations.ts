// SPDX-License-Identifier: MIT

/** All orders of 0 to `count - 1`, the identity first. */
export function permutationsOf(count: number): readonly (readonly number[])[] {
  if (count === 0) return [[]];
  const orders: number[][] = [];
  const shorter = permutationsOf(count - 1);
  // Where the last goes, from the back: so the identity, which leaves it there, comes first.
  for (let at = count - 1; at >= 0; at--) {
    for (const order of shorter) orders.push([...order.slice(0, at), count - 1, ...order.slice(at)]);
  }
  return orders;
}
