// SPDX-License-Identifier: MIT
/**
 * Whole states as a few words. Memory is cut into chunks of 4 KiB; a chunk is kept once and named by a number, and so
 * is a group of chunk names. Two states are equal exactly when their words are.
 */

import { equalWords, hashWords } from "../../base/index.ts";

const CHUNK_WORDS = 1024;
const GROUP = 32;
/** What no name of a chunk or of a group is. */
const UNNAMED = 0xffff_ffff;

/** Numbers for word arrays: equal arrays have equal numbers. */
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

/** A part of the state, in chunks. */
export interface StatePart {
  readonly chunks: number;
  /**
   * Numbers of the chunks that may have changed since the last call; at the first one, those that are not zero.
   * @param all where what the comparison goes by may be damaged: every chunk
   */
  changes(all: boolean): Iterable<number>;
  read(chunk: number): Uint32Array;
  /** Puts a chunk back; it counts as unchanged. */
  write(chunk: number, words: Uint32Array): void;
}

export class StateStore {
  private readonly pool = new Pool();
  private readonly groups = new Pool();
  private readonly parts: readonly StatePart[];
  private readonly first: readonly number[];
  private readonly dirty: boolean[];
  private readonly distrusted: boolean[];
  /** Names of the chunks as they were at the last save or restore; UNNAMED for one that has changed since and need not be kept. */
  private readonly current: Uint32Array;
  private readonly groupIds: Uint32Array;

  constructor(parts: readonly StatePart[]) {
    this.parts = parts;
    this.dirty = parts.map(() => true);
    this.distrusted = parts.map(() => false);
    let next = 0;
    this.first = parts.map((part) => (next += part.chunks) - part.chunks);
    this.current = new Uint32Array(Math.ceil(next / GROUP) * GROUP);
    this.groupIds = new Uint32Array(this.current.length / GROUP);
    // Chunk 0 is the empty one: what no part ever reports as changed is empty.
    this.pool.intern(new Uint32Array(CHUNK_WORDS));
    this.nameGroup(0);
    this.groupIds.fill(this.groupIds[0]!);
    this.scan();
  }

  /** Says that a part may have changed. */
  touch(part: number): void {
    this.dirty[part] = true;
  }

  /** Says that a part may have changed anywhere, and what its changes are told by too. */
  distrust(part: number): void {
    this.dirty[part] = true;
    this.distrusted[part] = true;
  }

  private nameGroup(group: number): void {
    this.groupIds[group] = this.groups.intern(this.current.subarray(group * GROUP, (group + 1) * GROUP));
  }

  /** Tells of each chunk that changed since the last call. */
  private changed(tell: (part: StatePart, chunk: number, at: number) => void): void {
    this.parts.forEach((part, p) => {
      if (!this.dirty[p]) return;
      this.dirty[p] = false;
      const all = this.distrusted[p]!;
      this.distrusted[p] = false;
      for (const chunk of part.changes(all)) tell(part, chunk, this.first[p]! + chunk);
    });
  }

  /** Names what changed. */
  private scan(): void {
    const stale = new Set<number>();
    this.changed((part, chunk, at) => {
      this.current[at] = this.pool.intern(part.read(chunk));
      stale.add(Math.floor(at / GROUP));
    });
    for (const group of stale) this.nameGroup(group);
  }

  save(): Uint32Array {
    this.scan();
    return this.groupIds.slice();
  }

  /** Goes back to a saved state. What is left for it is not kept. */
  restore(snapshot: Uint32Array): void {
    this.changed((_, __, at) => {
      this.current[at] = UNNAMED;
      this.groupIds[Math.floor(at / GROUP)] = UNNAMED;
    });
    for (let g = 0; g < snapshot.length; g++) {
      if (snapshot[g] === this.groupIds[g]) continue;
      const names = this.groups.get(snapshot[g]!);
      for (let i = 0; i < GROUP; i++) {
        const at = g * GROUP + i;
        if (this.current[at] !== names[i]) this.put(at, names[i]!);
      }
      this.groupIds[g] = snapshot[g]!;
    }
  }

  private put(at: number, id: number): void {
    const p = this.first.findLastIndex((first) => at >= first);
    this.parts[p]!.write(at - this.first[p]!, this.pool.get(id));
    this.current[at] = id;
  }
}

/** Machine state, or any words that belong to the state: compared by name each time. */
export function wordsPart(words: Uint32Array): StatePart {
  const chunks = Math.ceil(words.length / CHUNK_WORDS);
  return {
    chunks,
    changes: () => Array.from({ length: chunks }, (_, c) => c),
    read: (chunk) => words.subarray(chunk * CHUNK_WORDS, (chunk + 1) * CHUNK_WORDS),
    write: (chunk, from) => words.set(from, chunk * CHUNK_WORDS),
  };
}
