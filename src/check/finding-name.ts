// SPDX-License-Identifier: MIT
/** The id of a finding, taken apart. */

import { CbitError, EXIT, nearest } from "../base/index.ts";
import { RULES } from "./rules/index.ts";
import type { RuleId } from "./rules/rule.ts";

/** What the id of a finding names. */
export interface FindingName {
  readonly device: string;
  readonly machine: string;
  readonly rule: RuleId;
  /** Which of the rule's root causes, from 1. */
  readonly number: number;
}

/** Takes `<device>@<machine>/<rule>[.<number>]` apart. @throws CbitError: CBIT-107 for what is no id, CBIT-108 for an unknown rule */
export function parseFindingId(id: string): FindingName {
  const parts = /^([^@]+)@([^@]+)\/([^@/]+?)(?:\.([1-9]\d{0,2}))?$/.exec(id);
  if (parts === null) {
    throw new CbitError({
      code: "CBIT-107",
      exit: EXIT.usage,
      message: `"${id}" is neither a finding's id (DEVICE@MACHINE/RULE, or RULE.2 and so on) nor a token (cbit1/...)`,
      hint: "`cbit check` prints both; for instance amdgpu-gfx9@sme-zen2,iommu=off/ciphertext-read.",
    });
  }
  const [, device, machine, rule, number] = parts as unknown as [string, string, string, string, string | undefined];
  const known = RULES.find((r) => r.id === rule);
  if (known === undefined) {
    throw new CbitError({
      code: "CBIT-108",
      exit: EXIT.usage,
      message: `"${id}": unknown rule "${rule}"; nearest: ${nearest(rule, RULES.map((r) => r.id)).join(", ")}`,
      hint: "`cbit list rules` shows all rules.",
    });
  }
  return { device, machine, rule: known.id, number: Number(number ?? 1) };
}
