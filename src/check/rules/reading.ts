// SPDX-License-Identifier: MIT
/** What the rules about reads have in common. */

import type { Seen } from "../../kernel/index.ts";
import { AGENTS } from "../agents.ts";
import { agentOf } from "../workload.ts";
import type { StepFacts } from "./rule.ts";

const ZEROS = "00000000000000000000000000000000";

/** True where the bytes cannot be what anybody wrote. */
export function isGarbage(seen: Seen): boolean {
  return seen.storedIn !== seen.readIn || (seen.token === null && seen.bytes !== ZEROS);
}

/** What a read gave; null for other operations and for reads that were stopped. */
export function seenOf({ result }: StepFacts): Seen | null {
  return result.outcome === "done" ? result.seen : null;
}

/** Reader and writer as one number. */
export function readCause(facts: StepFacts): number {
  const reader = agentOf(facts.operation);
  return (reader === null ? 0 : AGENTS.indexOf(reader)) * 8 + (facts.expected % 8);
}
