// SPDX-License-Identifier: MIT
/**
 * Who reads and writes page contents, and the token that each writer stores. One token per kind of writer: writing
 * twice changes nothing, so the states of a workload are finite and the search comes to an end.
 */

import type { CpuAlias, View } from "../kernel/index.ts";

/** A way to page contents: a CPU mapping or the device. */
export type Agent = View["kind"] | "host";

/** All agents; an agent's index is its place here. */
export const AGENTS: readonly Agent[] = ["linear", "kmap", "vmap", "user", "device", "coherent", "ioremap", "host"];

/** Tokens of one buffer; the next buffer's begin here. */
export const TOKENS_PER_BUFFER = 16;

/** The token that writes of an agent to a buffer store: 1 to 8 for the first one. 0 stands for "nobody wrote". */
export function tokenOf(agent: Agent, buf = 0): number {
  return buf * TOKENS_PER_BUFFER + AGENTS.indexOf(agent) + 1;
}

/** The buffer that a token of `tokenOf` was written to. */
export function bufferOfToken(token: number): number {
  return Math.floor(token / TOKENS_PER_BUFFER);
}

/** The writer that a token stands for; null for 0 and for tokens of nobody here. */
export function writerOf(token: number): Agent | null {
  return AGENTS[(token % TOKENS_PER_BUFFER) - 1] ?? null;
}

const MAPPINGS: Readonly<Record<CpuAlias, string>> = {
  linear: "the linear map",
  kmap: "its kmap",
  vmap: "its vmap",
  user: "the user mapping",
  coherent: "the address that dma_alloc_attrs() returned",
  ioremap: "its ioremap",
};

/** Who an agent is, without its mapping. */
function outsider(agent: Agent): string | null {
  return agent === "device" ? "the device" : agent === "host" ? "the host" : null;
}

/** A reader as the subject of a sentence: "the CPU, reading through its vmap,". */
export function readerPhrase(agent: Agent): string {
  return outsider(agent) ?? `the CPU, reading through ${MAPPINGS[agent as CpuAlias]},`;
}

/** What a token's writer wrote: "what the CPU wrote through its vmap". */
export function writtenPhrase(token: number): string {
  const agent = writerOf(token);
  if (agent === null) return `the value ${token}`;
  const who = outsider(agent);
  const where = bufferOfToken(token) === 0 ? "" : ` to buffer ${bufferOfToken(token)}`;
  return who === null ? `what the CPU wrote through ${MAPPINGS[agent as CpuAlias]}${where}` : `what ${who} wrote${where}`;
}
