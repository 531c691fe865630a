// SPDX-License-Identifier: MIT
/** All operations that the model runs. */

import { EINVAL } from "../errno.ts";
import { buf_get } from "../bufs.ts";
import { BUF_NONE, MAX_BUFS } from "../layout.ts";
import type { Linux } from "../linux.ts";
import type { EnvironmentOperation, KernelOperation, Operation } from "../../kernel/index.ts";
import type { Call, Handlers } from "./call.ts";
import { DMA_HANDLERS } from "./dma.ts";
import { ENVIRONMENT_HANDLERS } from "./environment.ts";
import { MEMORY_HANDLERS } from "./memory.ts";
import { TTM_HANDLERS } from "./ttm.ts";

const HANDLERS: Handlers = { ...TTM_HANDLERS, ...DMA_HANDLERS, ...MEMORY_HANDLERS, ...ENVIRONMENT_HANDLERS };

/** Operations that make the buffer that they name, and one to which it does not matter whether it is there. */
const MAKES: ReadonlySet<string> = new Set<Operation["op"]>(["bo_create", "bo_import", "bo_userptr", "dma_alloc", "page_alloc", "ioremap", "writeback"]);

/** Runs an operation; null where the model does not offer it. A buffer that is not there, or cannot be, is -EINVAL. */
export function runOperation(k: Linux, operation: KernelOperation | EnvironmentOperation): Call | null {
  const handler = HANDLERS[operation.op] as ((k: Linux, o: typeof operation) => Call) | undefined;
  if (handler === undefined) return null;
  if ("buf" in operation) {
    const there = operation.buf < MAX_BUFS && (MAKES.has(operation.op) || buf_get(k, operation.buf, "kind") !== BUF_NONE);
    if (!there) return { from: operation.op, error: -EINVAL };
  }
  return handler(k, operation);
}
