// SPDX-License-Identifier: MIT
/** All operations that the model runs. */

import { EINVAL } from "../errno.ts";
import { MAX_BUFS } from "../layout.ts";
import type { Linux } from "../linux.ts";
import type { EnvironmentOperation, KernelOperation } from "../../kernel/index.ts";
import type { Call, Handlers } from "./call.ts";
import { DMA_HANDLERS } from "./dma.ts";
import { ENVIRONMENT_HANDLERS } from "./environment.ts";
import { MEMORY_HANDLERS } from "./memory.ts";
import { TTM_HANDLERS } from "./ttm.ts";

const HANDLERS: Handlers = { ...TTM_HANDLERS, ...DMA_HANDLERS, ...MEMORY_HANDLERS, ...ENVIRONMENT_HANDLERS };

/** Runs an operation; null where the model does not offer it. A buffer number that there is no room for is -EINVAL. */
export function runOperation(k: Linux, operation: KernelOperation | EnvironmentOperation): Call | null {
  const handler = HANDLERS[operation.op] as ((k: Linux, o: typeof operation) => Call) | undefined;
  if (handler === undefined) return null;
  if ("buf" in operation && operation.buf >= MAX_BUFS) return { from: operation.op, error: -EINVAL };
  return handler(k, operation);
}
