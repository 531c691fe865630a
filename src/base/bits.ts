// SPDX-License-Identifier: MIT
/**
 * 64-bit quantities without bigint. Addresses on the machines that we know end below bit 52, so a JavaScript number
 * holds them exactly; entries with flags in bits 52 to 63 are kept as two 32-bit words, `lo` and `hi`.
 */

/** A look-up is several times as fast as a power, and page walks ask at each level. */
const POWERS: readonly number[] = Array.from({ length: 65 }, (_, n) => 2 ** n);

/** 2^n. */
export function BIT(n: number): number {
  return POWERS[n] ?? 2 ** n;
}

/** The highest address of an n-bit bus. For n = 64 the value is rounded to 2^64, above every address we know. Ref: include/linux/dma-mapping.h DMA_BIT_MASK. */
export function DMA_BIT_MASK(n: number): number {
  return n >= 53 ? 2 ** n : 2 ** n - 1;
}

/** The upper 32 bits of an address. */
export function hiWord(value: number): number {
  return Math.floor(value / 0x1_0000_0000) >>> 0;
}

/** The lower 32 bits of an address. Shifts take numbers modulo 2^32, and are several times as fast as a remainder. */
export function loWord(value: number): number {
  return value >>> 0;
}

/** Joins two 32-bit words; exact below 2^53. */
export function join64(lo: number, hi: number): number {
  return (hi >>> 0) * 0x1_0000_0000 + (lo >>> 0);
}

/** True where bit `n` (0 to 63) of the two-word value is set. */
export function testBit(lo: number, hi: number, n: number): boolean {
  return n < 32 ? ((lo >>> n) & 1) === 1 : ((hi >>> (n - 32)) & 1) === 1;
}

/** True where bit `n` (0 to 52) of an address is set. */
export function hasBit(value: number, n: number): boolean {
  return n < 32 ? ((value >>> n) & 1) === 1 : ((hiWord(value) >>> (n - 32)) & 1) === 1;
}

/** `value` with bit `n` set. */
export function setBit(value: number, n: number): number {
  return hasBit(value, n) ? value : value + BIT(n);
}

/** `value` with bit `n` clear. */
export function clearBit(value: number, n: number): number {
  return hasBit(value, n) ? value - BIT(n) : value;
}

/** Hexadecimal with a 0x prefix. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
