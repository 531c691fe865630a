// SPDX-License-Identifier: MIT
/** The violations that a search has seen, each with the least of the shortest ways to it. */

/** Where a violation was: the actions from the first state to `parent`, then `action`. */
export interface Sighting {
  readonly key: number;
  /** Actions in all. */
  readonly length: number;
  /** Number of a state. */
  readonly parent: number;
  readonly action: number;
  /** 0: the action itself violates. 1: the state that it leads to does. */
  readonly kind: number;
}

/** Words that a sighting takes in a message. */
export const SIGHTING_WORDS = 5;

export function compareSightings(a: Sighting, b: Sighting): number {
  return a.length - b.length || a.parent - b.parent || a.action - b.action || a.kind - b.kind || a.key - b.key;
}

export class Findings {
  private readonly byKey = new Map<number, Sighting>();

  note(key: number, length: number, parent: number, action: number, kind: number): void {
    const known = this.byKey.get(key);
    if (known !== undefined && known.length < length) return;
    const sighting: Sighting = { key, length, parent, action, kind };
    if (known === undefined || compareSightings(sighting, known) < 0) this.byKey.set(key, sighting);
  }

  take(s: Sighting): void {
    this.note(s.key, s.length, s.parent, s.action, s.kind);
  }

  /** All of them, shortest first; equally short ones in the order of discovery. */
  all(): Sighting[] {
    return [...this.byKey.values()].sort(compareSightings);
  }
}

/** A sighting as words. */
export function sightingWords(s: Sighting): Uint32Array {
  return Uint32Array.of(s.key, s.length, s.parent, s.action, s.kind);
}

export function sightingOf(words: Uint32Array): Sighting {
  return { key: words[0]!, length: words[1]!, parent: words[2]!, action: words[3]!, kind: words[4]! };
}
