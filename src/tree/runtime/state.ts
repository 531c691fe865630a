// SPDX-License-Identifier: MIT
/**
 * Whole states as a few words. Memory is cut into chunks of 4 KiB; a chunk is kept once and named by a number, and so
 * is a group of chunk names. Two states are equal exactly when their words are.
 */

import { equalWords, hashWords } from "../../base/index.ts";

const CHUNK_WORDS = 1024;
const GROUP = 32;

/** Numbers for word arrays of one length: equal arrays have equal numbers. */
class Pool {
  private readonly byHash = new Map<number, number[]>();
  private readonly kept: Uint32Array[] = [];

  /** @param words copied where it is new */
  intern(words: Uint32Array): number {
    const hash = hashWords(words);
    const same = this.byHash.get(hash);
    if (same === undefined) this.byHash.set(hash, [this.kept.length]);
    else {
      for (const id of same) if (equalWords(this.kept[id]!, words)) return id;
      same.push(this.kept.length);
    }
    this.kept.push(words.slice());
    return this.kept.length - 1;
  }

  get(id: number): Uint32Array {
    return this.kept[id]!;
  }
}

/** A part of the state: a view of memory, cut into chunks. */
interface Part {
  words(): Uint32Array;
  /** First chunk number of the part, and how many it has. */
  readonly first: number;
  readonly chunks: number;
  dirty: boolean;
}

export class StateStore {
  private readonly pool = new Pool();
  private readonly groups = new Pool();
  private readonly parts: Part[] = [];
  /** Names of the chunks as they were at the last save or restore. */
  private readonly current: Uint32Array;
  private readonly groupIds: Uint32Array;

  /** @param parts the words of each part; lengths stay the same. A part's last chunk may be shorter. */
  constructor(parts: readonly (() => Uint32Array)[]) {
    let first = 0;
    for (const words of parts) {
      const chunks = Math.ceil(words().length / CHUNK_WORDS);
      this.parts.push({ words, first, chunks, dirty: true });
      first += chunks;
    }
    this.current = new Uint32Array(Math.ceil(first / GROUP) * GROUP).fill(0xffffffff);
    this.groupIds = new Uint32Array(this.current.length / GROUP);
  }

  /** Says that a part may have changed. */
  touch(part: number): void {
    this.parts[part]!.dirty = true;
  }

  private scan(part: Part): boolean {
    const words = part.words();
    let changed = false;
    for (let c = 0; c < part.chunks; c++) {
      const start = c * CHUNK_WORDS;
      const end = Math.min(start + CHUNK_WORDS, words.length);
      const id = this.current[part.first + c]!;
      if (id !== 0xffffffff && sameWords(this.pool.get(id), words, start, end)) continue;
      this.current[part.first + c] = this.pool.intern(words.subarray(start, end));
      changed = true;
    }
    part.dirty = false;
    return changed;
  }

  save(): Uint32Array {
    let changed = false;
    for (const part of this.parts) if (part.dirty && this.scan(part)) changed = true;
    if (changed) {
      for (let g = 0; g < this.groupIds.length; g++) this.groupIds[g] = this.groups.intern(this.current.subarray(g * GROUP, (g + 1) * GROUP));
    }
    return this.groupIds.slice();
  }

  restore(snapshot: Uint32Array): void {
    // What changed since the last save is not known by name yet.
    for (const part of this.parts) if (part.dirty) this.scan(part);
    for (let g = 0; g < snapshot.length; g++) {
      const names = this.groups.get(snapshot[g]!);
      for (let i = 0; i < GROUP; i++) {
        const at = g * GROUP + i;
        if (this.current[at] === names[i]) continue;
        this.put(at, names[i]!);
        this.current[at] = names[i]!;
      }
    }
    this.groupIds.set(snapshot);
  }

  private put(chunk: number, id: number): void {
    for (const part of this.parts) {
      if (chunk >= part.first && chunk < part.first + part.chunks) part.words().set(this.pool.get(id), (chunk - part.first) * CHUNK_WORDS);
    }
  }
}

function sameWords(kept: Uint32Array, words: Uint32Array, start: number, end: number): boolean {
  for (let i = start, k = 0; i < end; i++, k++) if (kept[k] !== words[i]) return false;
  return true;
}
