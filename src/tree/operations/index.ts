// SPDX-License-Identifier: MIT
/** Which call stands for an operation. */

import type { AccessOperation, Operation } from "../../kernel/index.ts";
import type { Call, CallTable } from "./call.ts";
import { INJECTION_CALLS } from "./environment.ts";
import { DMA_CALLS } from "./dma.ts";
import { MEMORY_CALLS } from "./memory.ts";
import { TTM_CALLS } from "./ttm.ts";

export type { Call } from "./call.ts";
export { isEnvironment, runOnMachine } from "./environment.ts";

const CALLS: CallTable = { ...TTM_CALLS, ...DMA_CALLS, ...MEMORY_CALLS, ...INJECTION_CALLS };

/** The entry of the guest for an operation; null where trees do not offer it. */
export function callOf(operation: Exclude<Operation, AccessOperation>): Call | null {
  const of = CALLS[operation.op] as ((o: typeof operation) => Call | null) | undefined;
  return of?.(operation) ?? null;
}
