// SPDX-License-Identifier: MIT
/** Causes as numbers, for rules that tell them apart by operation and by what a kernel said. */

import { type Operation, OPERATIONS } from "../../kernel/index.ts";
import { CAUSES } from "./rule.ts";

const NUMBERS: Readonly<Record<string, number>> = Object.fromEntries(Object.keys(OPERATIONS).map((op, index) => [op, index]));

/** Operations of the contract; `operationNumber` stays below. */
export const OPERATION_NUMBERS: number = Object.keys(OPERATIONS).length;

/** The operation's place in the contract's table. */
export function operationNumber(op: Operation["op"]): number {
  return NUMBERS[op]!;
}

/**
 * A cause made of a small number (below 4), an operation, and a text such as the name of a failing function. Texts count as a hash
 * of 5,000 or so values; two that fall together are told as one.
 */
export function causeNumber(kind: number, op: Operation["op"], text: string): number {
  const small = kind * OPERATION_NUMBERS + operationNumber(op);
  const hashes = Math.floor(CAUSES / (4 * OPERATION_NUMBERS));
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) >>> 0;
  return small * hashes + (hash % hashes);
}
