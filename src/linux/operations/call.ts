// SPDX-License-Identifier: MIT
/** What an operation of the contract comes to in the model. */

import type { Operation } from "../../kernel/index.ts";
import type { Linux } from "../linux.ts";

export interface Call {
  /** The kernel function that the operation enters. */
  readonly from: string;
  /** 0, or the negative error number that it returned. */
  readonly error: number;
}

/** How the model runs one kind of operation. */
export type Handler<Op extends Operation["op"]> = (k: Linux, operation: Extract<Operation, { readonly op: Op }>) => Call;

/** Handlers of some operations; those without one are `unsupported`. */
export type Handlers = { readonly [Op in Operation["op"]]?: Handler<Op> };
