// SPDX-License-Identifier: MIT
/**
 * Small random models: a few alike parts with variables of their own, variables that all share, one that names a part, and guarded
 * commands on them, with faults of steps and of states. A model is plain data: what a test prints can be pasted into another.
 */

import fc from "fast-check";
import type { Independence } from "../../src/check/explorer/space.ts";
import {
  growingWords, independenceOf, internedWords, isIndependent, type Layout, type Model, type ModelAction, ModelSpace, packedWords, permutations, rotations, SPARSE, spreadWords, type Touches,
  type Values, wholeWords,
} from "./toy-models/model.ts";
import { largestIndependence } from "./truth.ts";

/** A variable, seen from a part: its own, its right neighbour's, one of all, the one that names a part. */
export type Ref = "own" | "next" | "shared" | "holder";

/** Of the holder 0 is nobody, 1 the part itself, 2 its right neighbour. */
export interface Condition {
  readonly on: Ref;
  readonly index: number;
  readonly is: "=" | "!=" | "<";
  readonly value: number;
}

export interface Effect {
  readonly on: Ref;
  readonly index: number;
  readonly add: boolean;
  readonly value: number;
}

export interface Command {
  readonly guards: readonly Condition[];
  readonly effects: readonly Effect[];
  readonly faults: readonly { readonly when: Condition; readonly key: number }[];
  readonly ends: Condition | null;
}

/** A fault of states in which at least `parts` parts meet all conditions. */
export interface StateFault {
  readonly when: readonly Condition[];
  readonly parts: number;
  readonly key: number;
}

export interface RandomModel {
  readonly parts: number;
  /** Variables of each part, and of all. */
  readonly own: number;
  readonly shared: number;
  readonly values: number;
  readonly start: readonly number[];
  /** Each is an action of every part. */
  readonly commands: readonly Command[];
  readonly faults: readonly StateFault[];
  /** Actions that are never enabled, before the others: for sets of more than 32 or 64. */
  readonly padding: number;
  /** Actions go by part, then command; or the other way round. */
  readonly byPart: boolean;
  /** Rotations only. They are all that there is where a command looks at its neighbour. */
  readonly rotations: boolean;
  readonly layout: number;
  readonly touches: Touches;
}

/** Keys are numbers below 2^32. */
const KEYS = [0, 1, 2, 3, 41, 1000, 2 ** 31 - 1, 2 ** 31] as const;
/** How far the padding goes: up to the last bit of a word, and beyond one and two words. */
const PADDINGS = [0, 0, 0, 0, 0, 0, 1, 27, 31, 32, 61, 70] as const;

const condition: fc.Arbitrary<Condition> = fc.record({
  on: fc.oneof({ weight: 5, arbitrary: fc.constant<Ref>("own") }, { weight: 1, arbitrary: fc.constant<Ref>("next") }, { weight: 2, arbitrary: fc.constantFrom<Ref[]>("shared", "holder") }),
  index: fc.nat(1),
  is: fc.constantFrom("=", "!=", "<"),
  value: fc.nat(5),
});

/** Numbers, some more often than others. */
const often = (weights: Readonly<Record<number, number>>): fc.Arbitrary<number> =>
  fc.oneof(...Object.entries(weights).map(([value, weight]) => ({ weight, arbitrary: fc.constant(Number(value)) })));

const command: fc.Arbitrary<Command> = fc.record({
  guards: fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: fc.array(condition, { minLength: 1, maxLength: 1 }) }, { weight: 1, arbitrary: fc.array(condition, { minLength: 2, maxLength: 2 }) }),
  effects: fc.array(
    fc.record({
      on: fc.oneof({ weight: 5, arbitrary: fc.constant<Ref>("own") }, { weight: 1, arbitrary: fc.constant<Ref>("next") }, { weight: 2, arbitrary: fc.constantFrom<Ref[]>("shared", "holder") }),
      index: fc.nat(1),
      add: fc.boolean(),
      value: often({ 0: 1, 1: 4, 2: 2, 3: 1 }),
    }),
    { maxLength: 3, size: "max" },
  ),
  faults: fc.array(fc.record({ when: condition, key: fc.constantFrom(...KEYS) }), { maxLength: 2 }),
  ends: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: condition }),
});

/** Models of up to 1500 states, most of them far fewer: `values` to the power of (parts * own + shared), times the holders, are all that there could be. */
export const randomModel: fc.Arbitrary<RandomModel> = fc
  .record({
    parts: often({ 1: 1, 2: 4, 3: 5, 4: 2 }),
    own: often({ 0: 1, 1: 6, 2: 6 }),
    shared: often({ 0: 3, 1: 2, 2: 1 }),
    values: often({ 1: 1, 2: 5, 3: 7, 4: 5, 6: 3 }),
    start: fc.array(fc.nat(3), { minLength: 4, maxLength: 4 }),
    commands: fc.array(command, { maxLength: 5, size: "max" }),
    faults: fc.array(fc.record({ when: fc.array(condition, { minLength: 1, maxLength: 3 }), parts: fc.integer({ min: 1, max: 3 }), key: fc.constantFrom(...KEYS) }), { maxLength: 4 }),
    padding: fc.constantFrom(...PADDINGS),
    byPart: fc.boolean(),
    rotations: fc.boolean(),
    layout: fc.nat(6),
    touches: fc.constantFrom<Touches[]>("unknown", "exactly", "roughly"),
  })
  .filter(({ parts, own, shared, values }) => values ** (parts * own + shared) * (parts + 1) <= 1500);

/** What it needs: an own variable where there is one, the neighbour's only where there is one too. */
function usesNeighbour({ own, commands, faults }: RandomModel): boolean {
  const conditions = [...faults.flatMap((f) => f.when), ...commands.flatMap((c) => [...c.guards, ...c.faults.map((f) => f.when), ...(c.ends === null ? [] : [c.ends])])];
  const isNeighbour = ({ on, value }: Condition | Effect): boolean => (on === "next" && own > 0) || (on === "holder" && value % 3 === 2);
  return conditions.some(isNeighbour) || commands.some((c) => c.effects.some(isNeighbour));
}

/** Those that several threads can search. */
export const portableModel: fc.Arbitrary<RandomModel> = randomModel.filter((spec) => layoutOf(spec).portable !== false);

/** The random model as one that can be searched. */
export function modelOf(spec: RandomModel): Model {
  const { parts, own, shared, values, padding } = spec;
  const holder = parts * own + shared;
  const start = Array.from({ length: holder + 1 }, (_, i) => (i < parts * own ? spec.start[i % own]! % values : i < holder ? spec.start[2 + i - parts * own]! % values : 0));
  /** Number of the variable; null where there is none. */
  const place = ({ on, index }: Condition | Effect, part: number): number | null => {
    if (on === "holder") return holder;
    if (on === "shared") return shared === 0 ? null : parts * own + (index % shared);
    if (own === 0) return null;
    return ((on === "next" ? part + 1 : part) % parts) * own + (index % own);
  };
  const named = (value: number, part: number): number => [0, part + 1, ((part + 1) % parts) + 1][value % 3]!;
  const holds = (c: Condition, part: number, v: Values): boolean => {
    const at = place(c, part);
    if (at === null) return true;
    const isSame = v[at] === (at === holder ? named(c.value, part) : c.value % values);
    // Parts have no order: of the holder "<" is "is nobody".
    if (c.is === "<") return at === holder ? v[at] === 0 : v[at]! < c.value % values;
    return (c.is === "=") === isSame;
  };
  const actionOf = (c: Command, part: number, name: string): ModelAction => ({
    name,
    enabled: (v) => c.guards.every((g) => holds(g, part, v)),
    run: (v) => {
      for (const e of c.effects) {
        const at = place(e, part);
        if (at === null) continue;
        v[at] = at === holder ? named(e.value, part) : ((e.add ? v[at]! : 0) + e.value) % values;
      }
    },
    violates: (v) => c.faults.filter((f) => holds(f.when, part, v)).map((f) => f.key),
    ends: (v) => c.ends !== null && holds(c.ends, part, v),
  });
  const count = spec.commands.length;
  const numberOf = (part: number, k: number): number => padding + (spec.byPart ? part * count + k : k * parts + part);
  const actions: ModelAction[] = Array.from({ length: padding }, (_, i) => ({ name: `never ${i}`, enabled: () => false, run: () => undefined }));
  for (let part = 0; part < parts; part++) for (const [k, c] of spec.commands.entries()) actions[numberOf(part, k)] = actionOf(c, part, `${part}.${k}`);

  const group = spec.rotations || usesNeighbour(spec) ? rotations(parts) : permutations(parts);
  return {
    start,
    actions,
    judge: (v) => spec.faults.filter((f) => Array.from({ length: parts }, (_, part) => part).filter((part) => f.when.every((c) => holds(c, part, v))).length >= f.parts).map((f) => f.key),
    symmetry: {
      actions: group.map((p) => {
        const images = Array.from({ length: actions.length }, (_, i) => i);
        for (let part = 0; part < parts; part++) for (let k = 0; k < count; k++) images[numberOf(part, k)] = numberOf(p[part]!, k);
        return images;
      }),
      permute: (v, permutation) => {
        const p = group[permutation]!;
        const into = [...v];
        for (let part = 0; part < parts; part++) for (let k = 0; k < own; k++) into[p[part]! * own + k] = v[part * own + k]!;
        into[holder] = v[holder] === 0 ? 0 : p[v[holder]! - 1]! + 1;
        return into;
      },
    },
  };
}

/** How the model's states are laid out. */
export function layoutOf({ layout, parts, own, shared, values }: RandomModel): Layout {
  const variables = parts * own + shared + 1;
  const sum = (v: Values): number => v.slice(0, parts * own).reduce((a, b) => a + b, 0);
  const layouts: readonly (() => Layout)[] = [
    () => wholeWords(variables),
    // Some have more bits than they need, up to a whole word: so that fields end at each place of a word.
    () => packedWords([...Array.from({ length: variables - 1 }, (_, i) => Math.min(2 ** 32, values * 2 ** ((i * (values + 5)) % 33))), parts + 1]),
    () => SPARSE,
    () => spreadWords(variables, 13, 70),
    () => growingWords(variables, (v) => sum(v) % 4),
    () => growingWords(variables, (v) => 95 - (sum(v) % 60)),
    internedWords,
  ];
  return layouts[layout]!();
}

/** The model as a space with all that its reductions may go by. @param keep which of the pairs that commute the explorer is told of */
export function spaceOf(spec: RandomModel, keep: (a: number, b: number) => boolean = () => true): ModelSpace {
  const model = modelOf(spec);
  const largest = largestIndependence(new ModelSpace(model, layoutOf(spec)));
  const independence = independenceOf(model.actions.length, (a, b) => isIndependent(largest, a, b) && keep(Math.min(a, b), Math.max(a, b)));
  return rebuilt(spec, independence);
}

/** The same space once more: what it remembers is not shared. */
export function rebuilt(spec: RandomModel, independence: Independence): ModelSpace {
  const { symmetry, ...model } = modelOf(spec);
  const layout = layoutOf(spec);
  // Of words that mean something to one space alone there is no least image that all agree on.
  return new ModelSpace({ ...model, independence, ...(layout.portable === false ? {} : { symmetry: symmetry! }) }, layout, spec.touches);
}
