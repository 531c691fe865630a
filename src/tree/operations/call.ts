// SPDX-License-Identifier: MIT
/** How operations of the contract enter a module. */

import type { AccessOperation, Operation } from "../../kernel/index.ts";

/** A call of the guest's C code. */
export interface Call {
  /** The kernel function that the operation enters, for reports. */
  readonly from: string;
  /** The entry point: a function of src/tree/guest. It returns 0 or a negative errno. */
  readonly entry: string;
  readonly args: readonly number[];
}

type Entered = Exclude<Operation, AccessOperation>;

/** For each operation that is offered, what it calls; null where it is not offered with these arguments. */
export type CallTable = { readonly [Op in Entered["op"]]?: (operation: Extract<Entered, { readonly op: Op }>) => Call | null };

export function call(from: string, entry: string, ...args: readonly number[]): Call {
  return { from, entry, args };
}
