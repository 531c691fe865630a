// SPDX-License-Identifier: MIT
/** Which buffers and pages operations name, and the same operation on others. */

import type { Operation } from "../kernel/index.ts";
import { bufferOfToken, TOKENS_PER_BUFFER } from "./agents.ts";

/**
 * The same operation on other buffers and pages. A token that is written is that of the other buffer.
 * @param toPage of the page that an operation names, in the buffer that it names
 */
export function operationOn(operation: Operation, toBuf: (buf: number) => number, toPage: (page: number, buf: number) => number): Operation {
  if (!("buf" in operation)) return operation;
  const { buf } = operation;
  const moved: Record<string, unknown> = { ...operation, buf: toBuf(buf) };
  if ("from" in operation) moved["from"] = toBuf(operation.from);
  if ("page" in operation && operation.page !== undefined) moved["page"] = toPage(operation.page, buf);
  if ("value" in operation) moved["value"] = tokenOn(operation.value, toBuf);
  return moved as unknown as Operation;
}

/** The token of the same writer to another buffer. 0 is nobody's, whatever the buffer. */
export function tokenOn(token: number, toBuf: (buf: number) => number): number {
  return token === 0 ? 0 : token + (toBuf(bufferOfToken(token)) - bufferOfToken(token)) * TOKENS_PER_BUFFER;
}

/** Pages of the buffers that operations make, by buffer; of one that they do not make `otherwise`. */
export function pagesMade(operations: readonly Operation[], otherwise: number): (buf: number) => number {
  const made = new Map<number, number>();
  for (const o of operations) if ("pages" in o && "buf" in o && (o.op === "bo_create" || o.op === "dma_alloc" || o.op === "page_alloc" || o.op === "ioremap")) made.set(o.buf, Math.max(made.get(o.buf) ?? 0, o.pages));
  for (const o of operations) if (o.op === "bo_import" || o.op === "bo_userptr") made.set(o.buf, made.get(o.from) ?? otherwise);
  return (buf) => made.get(buf) ?? otherwise;
}
