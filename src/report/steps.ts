// SPDX-License-Identifier: MIT
/** How reports write operations, bytes and attributes. */

import { type ReplayStep, resultPhrase, writtenPhrase } from "../check/index.ts";
import { blockHex, type KernelEvent, type Operation, tokenBlock } from "../kernel/index.ts";
import { domainName } from "../machine/index.ts";
import type { Style } from "./style.ts";
import { wrap } from "./wrap.ts";

/** "cpu_write(buf=0, page=0, alias=vmap, value=3)". */
export function operationText(operation: Operation): string {
  const { op, ...args } = operation;
  return `${op}(${Object.entries(args)
    .map(([k, v]) => `${k}=${v}`)
    .join(", ")})`;
}

/** "  4. cpu_write(buf=0, page=0, alias=vmap, value=3)", with what came of it where that is not that it was done. */
export function operationLine({ operation, result }: Pick<ReplayStep, "operation" | "result">, label: string, style: Style): string {
  const text = operationText(operation);
  const phrase = resultPhrase(result);
  const lines = wrap(phrase === "done" ? text : `${text}: ${phrase}`, style.width, label, " ".repeat(label.length + 2));
  return lines.includes(text) ? lines.replace(label + text, style.bold(label + text)) : lines;
}

/** The bytes that a token stands for, in hexadecimal. */
export function tokenHex(token: number): string {
  const block = new Uint32Array(4);
  tokenBlock(token, block);
  return blockHex(block);
}

/** What the bytes of a read are: a writer's, zeros, or noise with the two domains. */
export function seenText(step: ReplayStep): string {
  if (step.result.outcome !== "done" || step.result.seen === null) return resultPhrase(step.result);
  const { seen } = step.result;
  if (seen.storedIn !== seen.readIn) return `ciphertext: stored with ${domainName(seen.storedIn)}, read as ${domainName(seen.readIn)}`;
  if (seen.token !== null) return writtenPhrase(seen.token);
  return /^0+$/.test(seen.bytes) ? "zeros" : "bytes that nobody wrote";
}

/** "dma_direct_alloc (kernel/dma/direct.c:206): 2 pages", without what is not known. */
export function eventText(event: KernelEvent): string {
  const where = event.file === "" ? event.function : `${event.function} (${event.file})`;
  return event.text === "" ? where : `${where}: ${event.text}`;
}
