// SPDX-License-Identifier: MIT
/**
 * Garbage that somebody has copied: what a read in the wrong domain gave, stored as if it were data (a page that swiotlb bounced, a
 * buffer that was swapped out). It is a function of the token, the address and the domains, so that what it would be for another
 * token can be worked out: by trying at which address, stored and read in which domains, it comes out as a token.
 */

import { InternalError, type Pfn, type PhysAddr } from "../base/index.ts";
import { BLOCK_WORDS, decryptBlock, DOMAIN_LOST, DOMAIN_PLAIN, type Domain, encryptBlock, type Machine, POISON_WORD } from "../machine/index.ts";
import { changeToken, type Permutation, tokenAt } from "../kernel/index.ts";

/** A read that garbled: at which frame, stored and read in which domains. */
interface Garbling {
  readonly frame: Pfn;
  readonly storedIn: Domain;
  readonly readIn: Domain;
}

/** How a block came about: a token's block, zeros or poison, then reads that garbled, the first one first. */
interface Origin {
  readonly block: Uint32Array;
  readonly garblings: readonly Garbling[];
}

/** Reads in a row that are looked for. Copies of copies through wrong domains are all that takes two. */
const DEPTH = 2;

const keyOf = (words: Uint32Array, at: number): string => `${words[at]},${words[at + 1]},${words[at + 2]},${words[at + 3]}`;

const isFilled = (words: Uint32Array, at: number, word: number): boolean => words[at] === word && words[at + 1] === word && words[at + 2] === word && words[at + 3] === word;

/** True for a block that stands for no token and is the same under each of them. */
const isFixed = (words: Uint32Array, at: number): boolean => isFilled(words, at, 0) || isFilled(words, at, POISON_WORD);

export class Garbage {
  private readonly machine: Machine;
  /** All places and pairs of domains that can garble. */
  private readonly all: readonly Garbling[];
  private readonly origins = new Map<string, Origin>();

  /** @param frames of RAM */
  constructor(machine: Machine, frames: readonly Pfn[]) {
    this.machine = machine;
    const { platform } = machine.config;
    const flags = [false, true];
    const domains = [...new Set<Domain>([DOMAIN_PLAIN, ...flags.flatMap((bit) => [platform.cpuDomain(bit), ...flags.map((accepted) => platform.deviceDomain(bit, accepted))])])];
    const pairs = [...domains, DOMAIN_LOST].flatMap((storedIn) => domains.filter((readIn) => readIn !== storedIn).map((readIn) => ({ storedIn: storedIn as Domain, readIn })));
    this.all = pairs.length === 0 ? [] : frames.flatMap((frame) => pairs.map((pair) => ({ frame, ...pair })));
  }

  /**
   * Makes the block at a word what it would be under a permutation.
   * @param moved by frame: the one whose contents it would be
   * @throws InternalError where nobody can have read the block that is there
   */
  permute(words: Uint32Array, at: number, permutation: Permutation, moved: ReadonlyMap<Pfn, Pfn> | null): void {
    const token = tokenAt(words, at);
    if (token >= 0) changeToken(words, at, permutation.token(token));
    else if (!isFixed(words, at)) this.permuteGarbage(words, at, permutation, moved);
  }

  private permuteGarbage(words: Uint32Array, at: number, permutation: Permutation, moved: ReadonlyMap<Pfn, Pfn> | null): void {
    const key = keyOf(words, at);
    let origin = this.origins.get(key);
    if (origin === undefined) {
      origin = this.find(words.slice(at, at + BLOCK_WORDS), DEPTH) ?? undefined;
      if (origin === undefined) throw new InternalError("symmetry: memory holds a block that no read of a token gives; search without symmetry reduction");
      this.origins.set(key, origin);
    }
    const block = origin.block.slice();
    const token = tokenAt(block, 0);
    if (token >= 0) changeToken(block, 0, permutation.token(token));
    for (const { frame, storedIn, readIn } of origin.garblings) {
      const pa = this.addressOf(moved?.get(frame) ?? frame);
      encryptBlock(block, pa, storedIn);
      decryptBlock(block, pa, readIn);
    }
    words.set(block, at);
  }

  private addressOf(frame: Pfn): PhysAddr {
    return this.machine.memory.cellAddress(frame, 0);
  }

  /** How a block came about, in so many reads at most; null where it did not. */
  private find(block: Uint32Array, depth: number): Origin | null {
    const before = this.all.map((garbling) => {
      const source = block.slice();
      const pa = this.addressOf(garbling.frame);
      encryptBlock(source, pa, garbling.readIn);
      decryptBlock(source, pa, garbling.storedIn);
      return { source, garbling };
    });
    const direct = before.find(({ source }) => tokenAt(source, 0) >= 0 || isFixed(source, 0));
    if (direct !== undefined) return { block: direct.source, garblings: [direct.garbling] };
    if (depth === 1) return null;
    for (const { source, garbling } of before) {
      const origin = this.find(source, depth - 1);
      if (origin !== null) return { block: origin.block, garblings: [...origin.garblings, garbling] };
    }
    return null;
  }
}
