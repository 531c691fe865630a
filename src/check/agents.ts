// SPDX-License-Identifier: MIT
/**
 * Who reads and writes page contents, and the token that each writer stores. One token per kind of writer: writing
 * twice changes nothing, so the states of a workload are finite and the search comes to an end.
 */

import type { View } from "../kernel/index.ts";

/** A way to page contents: a CPU mapping or the device. */
export type Agent = View["kind"];

/** All agents; an agent's index is its place here. */
export const AGENTS: readonly Agent[] = ["linear", "kmap", "vmap", "user", "device"];

/** The token that writes of an agent store: 1 to 5. 0 stands for "nobody wrote". */
export function tokenOf(agent: Agent): number {
  return AGENTS.indexOf(agent) + 1;
}

/** The writer that a token stands for; null for 0 and for tokens of nobody here. */
export function writerOf(token: number): Agent | null {
  return AGENTS[token - 1] ?? null;
}

const MAPPINGS: Readonly<Record<Agent, string>> = {
  linear: "the linear map",
  kmap: "its kmap",
  vmap: "its vmap",
  user: "the user mapping",
  device: "",
};

/** A reader as the subject of a sentence: "the CPU, reading through its vmap,". */
export function readerPhrase(agent: Agent): string {
  return agent === "device" ? "the device" : `the CPU, reading through ${MAPPINGS[agent]},`;
}

/** What a token's writer wrote: "what the CPU wrote through its vmap". */
export function writtenPhrase(token: number): string {
  const agent = writerOf(token);
  if (agent === null) return `the value ${token}`;
  return agent === "device" ? "what the device wrote" : `what the CPU wrote through ${MAPPINGS[agent]}`;
}
