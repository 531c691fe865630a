// SPDX-License-Identifier: MIT
/** What a search that keeps one state of each orbit has seen: it tried steps of that state, and so showed their images too. */

import type { Action, Workload } from "../workload.ts";
import { duringMask, operationsFor } from "./property.ts";
import type { ReachedData } from "./reached.ts";

/** By permutation: each action's image. `Symmetry.actions` of a space. */
type Permutations = readonly (readonly number[])[];

const MASKS = ["requires", "forbids", "sets", "clears"] as const satisfies readonly (keyof Action)[];

/** Which actions name a flag, and how: flags of one text can be exchanged. */
function usesOf({ actions }: Workload, flag: number, image: (action: number) => number): string {
  const uses = actions.flatMap((a, n) => MASKS.filter((m) => ((a[m] >>> flag) & 1) === 1).map((m) => `${image(n)} ${m}`));
  return uses.toSorted().join();
}

/** The flags that a permutation of the actions turns flags into; null where it is none of flags. */
function imagesOfFlags(workload: Workload, permutation: readonly number[]): readonly number[] | null {
  const left = workload.flags.map((_, flag) => usesOf(workload, flag, (a) => a));
  const images = workload.flags.map((_, flag) => {
    const at = left.indexOf(usesOf(workload, flag, (a) => permutation[a]!));
    if (at >= 0) left[at] = "taken";
    return at;
  });
  return images.includes(-1) ? null : images;
}

const mapBits = (bits: number, images: readonly number[]): number => images.reduce((mapped, to, from) => mapped | (((bits >>> from) & 1) << to), 0) >>> 0;

/** What a property asks for apart from buffers and flags, then the actions that it takes, then its flags. */
function shapeOf(workload: Workload, property: number, action: (n: number) => number, flags: (bits: number) => number): string {
  const s = workload.sometimes[property]!;
  const about = Object.entries(s).map(([name, value]) => (typeof value === "number" || name === "during" ? name : `${name}=${String(value)}`));
  const groups = operationsFor(s).map((matches) => workload.actions.flatMap(({ operation }, n) => (matches(operation) ? [action(n)] : [])).toSorted((a, b) => a - b));
  return JSON.stringify([about.filter((text) => text !== "buf").toSorted(), groups, flags(duringMask(s, workload.flags))]);
}

type Image = (property: number) => number;

/** By permutation: what it makes of a property, as a place in the workload's list, -1 where that is not there. */
function imageOfProperties(workload: Workload): (permutation: readonly number[]) => { readonly flags: readonly number[]; readonly image: Image } | null {
  const shapes = workload.sometimes.map((_, n) => shapeOf(workload, n, (a) => a, (bits) => bits));
  return (permutation) => {
    const flags = imagesOfFlags(workload, permutation);
    if (flags === null) return null;
    return { flags, image: (property) => shapes.indexOf(shapeOf(workload, property, (a) => permutation[a]!, (bits) => mapBits(bits, flags))) };
  };
}

/**
 * Which permutations turn each property of the workload into one of it: a group again. Others must not be reduced by, because a step
 * that shows the image of a property would not be watched for.
 */
export function keepsProperties(workload: Workload): (permutation: readonly number[]) => boolean {
  const of = imageOfProperties(workload);
  return (permutation) => {
    const found = of(permutation);
    return found !== null && workload.sometimes.every((_, property) => found.image(property) >= 0);
  };
}

/** `data` with the images of all that it has. @param permutations a whole group */
export function underSymmetry(workload: Workload, data: ReachedData, permutations: Permutations): ReachedData {
  const properties = new Set(data.properties);
  const blocked = new Set(data.blocked);
  const ended = new Map(data.ended.map((e) => [e.join(), e]));
  const of = imageOfProperties(workload);
  for (const permutation of permutations) {
    const found = of(permutation);
    if (found === null) continue;
    const { flags, image } = found;
    for (const p of data.properties) if (image(p) >= 0) properties.add(image(p));
    for (const p of data.blocked) if (image(p) >= 0) blocked.add(image(p));
    for (const [progress, action] of data.ended) {
      const to = [mapBits(progress, flags), permutation[action]!] as const;
      ended.set(to.join(), to);
    }
  }
  const sorted = (of: ReadonlySet<number>): number[] => [...of].toSorted((a, b) => a - b);
  return { properties: sorted(properties), blocked: sorted(blocked), ended: [...ended.values()] };
}
