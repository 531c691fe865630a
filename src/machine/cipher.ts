// SPDX-License-Identifier: MIT
/**
 * The memory controller's cipher: AES-128 in XEX form on aligned 16-byte blocks,
 * `c = AES_k(m ^ T(pa)) ^ T(pa)`, `T(pa)` the XOR of one constant for each set bit of `pa` from bit 4 up.
 * No integrity and no nonce: the same block at the same place gives the same bytes. The C-bit is not part of `pa`.
 * SIMPLIFIED (may miss bugs): TDX and CCA use the same cipher here, where hardware has AES-XTS by line, with integrity on some parts.
 * SIMPLIFIED (may miss bugs): a guest's blocks are tweaked by the guest's own address, so moving a page in the host changes nothing.
 * Refs: Li et al., USENIX Security 2021 (CipherLeaks); Wilke et al., SEVurity, IEEE S&P 2020; Du et al., arXiv:1712.05090.
 *
 * Keys and tweak constants are drawn by the AMD-SP at reset on hardware; here they are fixed, so that a run repeats.
 */

import { unsafe } from "@noble/ciphers/aes.js";
import { hasBit, type PhysAddr } from "../base/index.ts";
import { DOMAIN_PLAIN, type Domain } from "./domains.ts";

/** Words of one cipher block. */
export const BLOCK_WORDS = 4;

const FIRST_TWEAK_BIT = 4;
const LAST_TWEAK_BIT = 51;

/** A key with its tweak constants, ready for use. */
export interface KeySchedule {
  readonly encrypt: Uint32Array;
  readonly decrypt: Uint32Array;
  /** Four words for each address bit from `FIRST_TWEAK_BIT`. */
  readonly tweaks: Uint32Array;
}

/** SplitMix32: the fixed source of keys and tweak constants. */
function* splitMix32(seed: number): Generator<number, never> {
  let state = seed >>> 0;
  for (;;) {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    yield (z ^ (z >>> 16)) >>> 0;
  }
}

/** Prepares a key (16 bytes). @param seed of the tweak constants */
export function keySchedule(key: Uint8Array, seed: number): KeySchedule {
  const words = splitMix32(seed);
  const tweaks = new Uint32Array((LAST_TWEAK_BIT - FIRST_TWEAK_BIT + 1) * BLOCK_WORDS);
  for (let i = 0; i < tweaks.length; i++) tweaks[i] = words.next().value;
  return { encrypt: unsafe.expandKeyLE(key), decrypt: unsafe.expandKeyDecLE(key), tweaks };
}

function keyOf(domain: Domain): Uint8Array {
  const words = splitMix32(0xcb17 + domain);
  return new Uint8Array(Uint32Array.from({ length: BLOCK_WORDS }, () => words.next().value).buffer);
}

const schedules = new Map<Domain, KeySchedule>();

/** The key and tweak constants of a domain. */
export function domainKey(domain: Domain): KeySchedule {
  let found = schedules.get(domain);
  if (found === undefined) {
    found = keySchedule(keyOf(domain), 0x7eea << domain);
    schedules.set(domain, found);
  }
  return found;
}

/** XORs `T(pa)` into the block. */
function xorTweak(block: Uint32Array, tweaks: Uint32Array, pa: PhysAddr): void {
  for (let bit = FIRST_TWEAK_BIT; bit <= LAST_TWEAK_BIT; bit++) {
    if (!hasBit(pa, bit)) continue;
    const at = (bit - FIRST_TWEAK_BIT) * BLOCK_WORDS;
    for (let w = 0; w < BLOCK_WORDS; w++) block[w]! ^= tweaks[at + w]!;
  }
}

function xex(block: Uint32Array, pa: PhysAddr, tweaks: Uint32Array, xk: Uint32Array, run: typeof unsafe.encrypt): void {
  xorTweak(block, tweaks, pa);
  const out = run(xk, block[0]!, block[1]!, block[2]!, block[3]!);
  block[0] = out.s0;
  block[1] = out.s1;
  block[2] = out.s2;
  block[3] = out.s3;
  xorTweak(block, tweaks, pa);
}

/** Encrypts one block (4 little-endian words) at `pa` in place. */
export function xexEncrypt(block: Uint32Array, pa: PhysAddr, key: KeySchedule): void {
  xex(block, pa, key.tweaks, key.encrypt, unsafe.encrypt);
}

/** Decrypts one block at `pa` in place. */
export function xexDecrypt(block: Uint32Array, pa: PhysAddr, key: KeySchedule): void {
  xex(block, pa, key.tweaks, key.decrypt, unsafe.decrypt);
}

/** Turns the plain text in `block` (4 words) into the bytes that DRAM holds at `pa` in `domain`, in place. */
export function encryptBlock(block: Uint32Array, pa: PhysAddr, domain: Domain): void {
  if (domain !== DOMAIN_PLAIN) xexEncrypt(block, pa, domainKey(domain));
}

/** Turns the bytes that DRAM holds at `pa` into what a reader in `domain` gets, in place. */
export function decryptBlock(block: Uint32Array, pa: PhysAddr, domain: Domain): void {
  if (domain !== DOMAIN_PLAIN) xexDecrypt(block, pa, domainKey(domain));
}
