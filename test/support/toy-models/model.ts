// SPDX-License-Identifier: MIT
/** Models of a few variables as spaces to search: the values of the variables, guarded actions, faults of states and of steps. */

import { TOUCH_BLOCK_WORDS } from "../../../src/base/index.ts";
import { type Independence, type Space, STEP_ENDED, STEP_MOVED, STEP_SAME, type StepKind, type Symmetry } from "../../../src/check/explorer/space.ts";

/** The value of each variable: whole numbers from 0 to 2^32 - 1. */
export type Values = readonly number[];

export interface ModelAction {
  readonly name: string;
  enabled(v: Values): boolean;
  /** Changes `v`, which is a copy. */
  run(v: number[]): void;
  /** Keys that the step itself violates, by the state that it is taken in. */
  violates?(v: Values): readonly number[];
  /** True where nothing may follow the step. */
  ends?(v: Values): boolean;
}

/** A permutation group, on the variables' values. */
export interface ModelSymmetry {
  /** By permutation, then by action. The first permutation is the identity. */
  readonly actions: readonly (readonly number[])[];
  permute(v: Values, permutation: number): number[];
}

export interface Model {
  readonly start: Values;
  readonly actions: readonly ModelAction[];
  /** Keys that a state violates. */
  judge?(v: Values): readonly number[];
  readonly independence?: Independence;
  readonly symmetry?: ModelSymmetry;
}

/** How values are laid out as words. Different values have different words. */
export interface Layout {
  /** Words of every state; undefined where they may differ in number, or most of them never change. */
  readonly stateWords?: number;
  /** `Space.wordBits` and `Space.portable`. */
  readonly wordBits?: readonly number[];
  readonly portable?: boolean;
  pack(v: Values): Uint32Array;
  unpack(words: Uint32Array): number[];
}

/** One word a variable, all kept whole. */
export function wholeWords(variables: number): Layout {
  return { stateWords: variables, pack: (v) => Uint32Array.from(v), unpack: (words) => [...words] };
}

/** The same, of which only some bits are used. @param limits by variable what it stays below */
export function packedWords(limits: readonly number[]): Layout {
  return { ...wholeWords(limits.length), wordBits: limits.map((limit) => Math.max(1, 32 - Math.clz32(limit - 1))) };
}

/** One word: the number of the values in a table of this layout's own, in the order in which they come up. It means nothing to another one. */
export function internedWords(): Layout {
  const numbers = new Map<string, number>();
  const table: Values[] = [];
  return {
    portable: false,
    pack: (v) => {
      const id = v.join();
      let number = numbers.get(id);
      if (number === undefined) {
        number = table.push([...v]) - 1;
        numbers.set(id, number);
      }
      return Uint32Array.of(number);
    },
    unpack: (words) => [...table[words[0]!]!],
  };
}

/** One word a variable. The number of variables may differ from state to state. */
export const SPARSE: Layout = { pack: (v) => Uint32Array.from(v), unpack: (words) => [...words] };

/** A word in `stride` is a variable; those between and behind, `tail` words, never change. */
export function spreadWords(variables: number, stride: number, tail: number): Layout {
  return {
    pack: (v) => {
      const words = new Uint32Array(variables * stride + tail).fill(0x5eed);
      for (const [i, value] of v.entries()) words[i * stride] = value;
      return words;
    },
    unpack: (words) => Array.from({ length: variables }, (_, i) => words[i * stride]!),
  };
}

/** Behind the variables as many words as `extra` says, each of which hangs on the values: states of several lengths. */
export function growingWords(variables: number, extra: (v: Values) => number): Layout {
  return {
    pack: (v) => Uint32Array.from([...v, ...Array.from({ length: extra(v) }, () => 0x1009)]),
    unpack: (words) => [...words.subarray(0, variables)],
  };
}

/** Words of an independence relation. */
export function independenceOf(actions: number, independent: (a: number, b: number) => boolean): Independence {
  return Array.from({ length: actions }, (_, a) => {
    const set = new Uint32Array(Math.ceil(actions / 32));
    for (let b = 0; b < actions; b++) if (a !== b && independent(a, b)) set[b >>> 5]! |= 1 << (b & 31);
    return set;
  });
}

/** True where the relation has the pair. */
export function isIndependent(relation: Independence, a: number, b: number): boolean {
  return ((relation[a]![b >>> 5]! >>> (b & 31)) & 1) === 1;
}

/** All permutations of 0 .. n - 1, the identity first. */
export function permutations(n: number): readonly (readonly number[])[] {
  if (n === 0) return [[]];
  return permutations(n - 1).flatMap((p) => Array.from({ length: n }, (_, i) => [...p.slice(0, n - 1 - i), n - 1, ...p.slice(n - 1 - i)]));
}

/** The rotations of 0 .. n - 1, the identity first. */
export function rotations(n: number): readonly (readonly number[])[] {
  return Array.from({ length: n }, (_, by) => Array.from({ length: n }, (_, i) => (i + by) % n));
}

/** Symmetry of `n` alike parts: variable and action `k` of part i are at `i * size + k`; what comes behind belongs to all. */
export function symmetryOfParts(group: readonly (readonly number[])[], variables: number, actions: readonly [ofPart: number, ofAll: number]): ModelSymmetry {
  const [ofPart, ofAll] = actions;
  const parts = group[0]!.length;
  return {
    actions: group.map((p) => Array.from({ length: parts * ofPart + ofAll }, (_, a) => (a < parts * ofPart ? p[Math.floor(a / ofPart)]! * ofPart + (a % ofPart) : a))),
    permute: (v, permutation) => {
      const into = [...v];
      for (const [i, image] of group[permutation]!.entries()) for (let k = 0; k < variables; k++) into[image * variables + k] = v[i * variables + k]!;
      return into;
    },
  };
}

/** Whether a space says which blocks of words a step touches: not at all; those that changed; more than those. */
export type Touches = "unknown" | "exactly" | "roughly";

/** `Space.touched`. @param more blocks whose number has this remainder by three are said to be touched as well */
function touchedBlocks(before: Uint32Array, after: Uint32Array, more: number | null): Uint8Array {
  return Uint8Array.from({ length: Math.ceil(after.length / TOUCH_BLOCK_WORDS) }, (_, block) => {
    if (block % 3 === more) return 1;
    for (let i = block * TOUCH_BLOCK_WORDS; i < Math.min((block + 1) * TOUCH_BLOCK_WORDS, after.length); i++) if (before[i] !== after[i]) return 1;
    return 0;
  });
}

/** A model as a space. */
export class ModelSpace implements Space {
  readonly actions: number;
  readonly violations: number[] = [];
  readonly stateWords?: number;
  readonly wordBits?: readonly number[];
  readonly portable?: boolean;
  readonly independence?: Independence;
  readonly symmetry?: Symmetry;
  state: Uint32Array;
  touched: Uint8Array | undefined = undefined;
  private current: number[];
  private entered: Uint32Array;
  private readonly model: Model;
  private readonly layout: Layout;
  private readonly touches: Touches;

  /** @param touches how well the space knows which parts of a state a step touches; where it knows anything it tells the first words of images as well */
  constructor(model: Model, layout: Layout = wholeWords(model.start.length), touches: Touches = "unknown") {
    this.touches = touches;
    this.model = model;
    this.layout = layout;
    this.actions = model.actions.length;
    this.current = [...model.start];
    this.entered = this.state = layout.pack(model.start);
    if (layout.wordBits !== undefined) this.wordBits = layout.wordBits;
    if (layout.portable !== undefined) this.portable = layout.portable;
    if (layout.stateWords !== undefined) this.stateWords = layout.stateWords;
    if (model.independence !== undefined) this.independence = model.independence;
    const { symmetry } = model;
    if (symmetry !== undefined)
      this.symmetry = {
        actions: symmetry.actions,
        permute: (words, permutation, into) => into.set(layout.pack(symmetry.permute(layout.unpack(words), permutation))),
        ...(touches === "unknown" ? {} : { head: (words, permutation) => layout.pack(symmetry.permute(layout.unpack(words), permutation))[0]! }),
      };
  }

  start(): void {
    this.state = this.layout.pack(this.model.start);
  }

  enter(words: Uint32Array): void {
    this.entered = words;
    this.current = this.layout.unpack(words);
  }

  enabled(action: number): boolean {
    return this.model.actions[action]!.enabled(this.current);
  }

  step(action: number): StepKind {
    const taken = this.model.actions[action]!;
    this.violations.length = 0;
    this.violations.push(...(taken.violates?.(this.current) ?? []));
    if (taken.ends?.(this.current) === true) return STEP_ENDED;
    const next = [...this.current];
    taken.run(next);
    this.state = this.layout.pack(next);
    if (this.stateWords !== undefined && this.state.length !== this.stateWords) throw new RangeError("model: a layout of whole words wants as many variables in each state");
    this.touched = this.touches === "unknown" ? undefined : touchedBlocks(this.entered, this.state, this.touches === "roughly" ? action % 3 : null);
    return next.length === this.current.length && next.every((value, i) => value === this.current[i]) ? STEP_SAME : STEP_MOVED;
  }

  judge(): void {
    this.violations.length = 0;
    this.violations.push(...(this.model.judge?.(this.current) ?? []));
  }
}
