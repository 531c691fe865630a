// SPDX-License-Identifier: MIT
/** Findings of many cases by their root cause: what a maintainer would mend in one place. */

import { type Finding, placeless, type RootCause, type RuleId } from "../check/index.ts";

/** Findings of one rule with one root cause. */
export interface RootGroup {
  readonly rule: RuleId;
  readonly cause: RootCause;
  /** At least one, in the order of the matrix. */
  readonly findings: readonly Finding[];
  /** The one with the shortest counterexample. */
  readonly first: Finding;
}

/** What two findings of one group have in common, as a word for a map. */
export function rootKey({ rule, cause }: Pick<Finding, "rule" | "cause">): string {
  return `${rule}: ${placeless(cause)}`;
}

/** In the order of the first finding of each. */
export function rootGroups(findings: readonly Finding[]): RootGroup[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = rootKey(finding);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()].map((group) => {
    const first = group.reduce((best, f) => (f.trace.operations.length < best.trace.operations.length ? f : best));
    return { rule: first.rule, cause: first.cause, findings: group, first };
  });
}

/** A fingerprint that is the same wherever rule and root cause are: FNV-1a, 64 bits, hexadecimal. Ref: RFC 9923. */
export function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of encodeURIComponent(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte.charCodeAt(0))) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}
