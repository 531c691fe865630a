// SPDX-License-Identifier: MIT
/** What the explorer searches: states as words, actions by number. A kernel under a workload is one (`kernel-space.ts`), toy models are others. */

/** What became of an action. */
export const STEP_SAME = 0;
/** The space is in another state, `Space.state`. */
export const STEP_MOVED = 1;
/** Nothing may follow. */
export const STEP_ENDED = 2;

export type StepKind = typeof STEP_SAME | typeof STEP_MOVED | typeof STEP_ENDED;

/** Something to search. Actions are numbered; violations are small numbers ("keys") that the space gives a meaning. */
export interface Space {
  readonly actions: number;
  /** The words of the state after `start` and after a step that moved. The search copies what it keeps. */
  readonly state: Uint32Array;
  /**
   * By block of `TOUCH_BLOCK_WORDS` words of `state`, after a step that moved: 0 where the block is as in the state entered, 1 where it may
   * not be. Undefined where the space does not know.
   */
  readonly touched?: Uint8Array | undefined;
  /** Words of every state, where all have the same few: they are kept whole. Undefined where most words stay as they are in the first state. */
  readonly stateWords?: number;
  /** With `stateWords`: by word, the bits that it takes at most, from the lowest. States are packed then. */
  readonly wordBits?: readonly number[];
  /**
   * False where words mean something to this space alone, not to an equal one in another thread or process. Then one thread searches, and
   * a checkpoint has how states were reached, not what they are. Such a space has no symmetry: which image is the least would differ.
   */
  readonly portable?: boolean;
  /** Keys that the last `step` or `judge` found; the space empties it at the start of each. */
  readonly violations: readonly number[];
  /** Goes to the first state. */
  start(): void;
  /** Makes a state the one that steps start from, until the next call. The words stay as they are until then. */
  enter(words: Uint32Array): void;
  /** True where the action may be taken in the state entered. */
  enabled(action: number): boolean;
  /**
   * The actions that may be taken in the state entered, all of them at once: writes their numbers, ascending, and returns how many there are.
   * For spaces with many actions of which few may be taken; it must agree with `enabled`.
   */
  choices?(into: Uint32Array): number;
  /** Takes an action in the state entered. */
  step(action: number): StepKind;
  /**
   * Judges the state entered, before any step from it. Every state but the first is judged once: the same state has the same faults.
   * @param action one that led to it
   */
  judge(action: number): void;
  /** What the space remembers of its steps besides violations, as a text, and taking over what another thread's space remembers. */
  summary?(): string;
  absorb?(summary: string): void;
  /** What partial-order reduction goes by; without it every enabled action is taken in every state. */
  readonly independence?: Independence | undefined;
  /** What symmetry reduction goes by; without it every state stands for itself. */
  readonly symmetry?: Symmetry | undefined;
}

/**
 * Which actions commute: by action a bit set, `Math.ceil(actions / 32)` words, of those that are independent of it. Two actions are
 * independent where, in every reachable state that enables both, neither disables the other, both orders lead to the same state
 * with the same results, and each finds the same violations in either order. The relation is symmetric; no action is independent of itself.
 */
export type Independence = readonly Uint32Array[];

/**
 * A group of permutations of a space: whatever a state may do, its image may do under the actions' images, with the same
 * violations. The first permutation is the identity, and the first state is its own image under all.
 */
export interface Symmetry {
  /** By permutation, then by action: the action's image. */
  readonly actions: readonly (readonly number[])[];
  /** Writes the image of a state's words under a permutation. Both arrays are of one length; only `into` is written. */
  permute(words: Uint32Array, permutation: number, into: Uint32Array): void;
  /** The first word of that image, where it is had for less: images that cannot be the least are then not made. */
  head?(words: Uint32Array, permutation: number): number;
}
