// SPDX-License-Identifier: MIT
/** Tokens: small numbers that stand for the 16 bytes that a writer stores. */

/** Marks a block as a token's: "cbit", "tok#" in memory, then the number, then its complement. */
const MARK0 = 0x74696263;
const MARK1 = 0x236b6f74;

/** Writes the block of `token` into `out` (4 words). */
export function tokenBlock(token: number, out: Uint32Array): void {
  out[0] = MARK0;
  out[1] = MARK1;
  out[2] = token;
  out[3] = ~token >>> 0;
}

/** The token that a block (4 words) stands for, or null. */
export function blockToken(block: Uint32Array): number | null {
  return block[0] === MARK0 && block[1] === MARK1 && block[3] === ~block[2]! >>> 0 ? block[2]! : null;
}

const BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function digits(block: Uint32Array): string {
  let text = "";
  for (let w = 0; w < 4; w++) {
    for (let b = 0; b < 4; b++) text += BYTES[(block[w]! >>> (8 * b)) & 0xff]!;
  }
  return text;
}

/** Digits by token, for the blocks that a search reads over and over: tokens are small. */
const TOKEN_DIGITS: string[] = [];
const KEPT_TOKENS = 1024;

const ZEROES = "0".repeat(32);

/** The bytes of a block (4 words, little endian) as 32 hexadecimal digits. */
export function blockHex(block: Uint32Array): string {
  if ((block[0]! | block[1]! | block[2]! | block[3]!) === 0) return ZEROES;
  const token = blockToken(block);
  return token === null || token >= KEPT_TOKENS ? digits(block) : (TOKEN_DIGITS[token] ??= digits(block));
}

/** The token whose block begins at a word; -1 where the block is none's. */
export function tokenAt(words: Uint32Array, at: number): number {
  return words[at] === MARK0 && words[at + 1] === MARK1 && words[at + 3] === ~words[at + 2]! >>> 0 ? words[at + 2]! : -1;
}

/** Makes the block of a token, which begins at a word, the block of another. */
export function changeToken(words: Uint32Array, at: number, token: number): void {
  words[at + 2] = token;
  words[at + 3] = ~token >>> 0;
}
