// SPDX-License-Identifier: MIT
import type { Layout, Model } from "./model.ts";

/** A model with what must come of searching it. Each number is derived where the model is described. */
export interface Toy {
  readonly name: string;
  readonly model: Model;
  /** One word a variable, all kept whole, where it is left out. */
  readonly layout?: Layout;
  readonly states: number;
  /** Without reductions. */
  readonly transitions: number;
  readonly depth: number;
  /** By key, the least of the shortest paths. */
  readonly found: readonly { readonly key: number; readonly path: readonly number[] }[];
  /** Orbits under the model's symmetry. */
  readonly orbits?: number;
  /** Transitions with partial-order reduction, where that is known. */
  readonly reduced?: number;
}

/** n over k. */
export function binomial(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
  return Math.round(value);
}

/** `count` times `item`. */
export function times<T>(count: number, item: T): T[] {
  return Array.from({ length: count }, () => item);
}
