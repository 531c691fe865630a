// SPDX-License-Identifier: MIT
/** Facts of steps for unit tests of rules: what a test does not name is as if nothing had happened. */

import { pfn } from "../../base/index.ts";
import type { Configuration, View } from "../../kernel/index.ts";
import { type Domain, DOMAIN_PLAIN, PLATFORMS } from "../../machine/index.ts";
import { RULES } from "./index.ts";
import { NO_CAUSE, type RuleId, type StepFacts } from "./rule.ts";

/** A configuration of a platform. */
export function on(name: string, more: Partial<Configuration> = {}): Configuration {
  return { name, platform: PLATFORMS.find((p) => p.name === name)!, iommu: "off", swiotlb: "default", ...more };
}

/** A step on which no rule has anything to say, with what differs. */
export function facts(differs: Partial<StepFacts>): StepFacts {
  return {
    configuration: on("sev"),
    operation: { op: "bo_populate", buf: 0 },
    result: { outcome: "done", seen: null },
    expected: 0,
    secret: 0,
    foreign: false,
    views: null,
    health: null,
    ...differs,
  };
}

/** The rules that object to a step. */
export function rulesOf(differs: Partial<StepFacts>): RuleId[] {
  const step = facts(differs);
  return RULES.filter((r) => r.judge(step) !== NO_CAUSE).map((r) => r.id);
}

/** A view of a frame; of device views the cache type is none. */
export function view(kind: View["kind"], domain: Domain, frame = 1, cache: View["cache"] = kind === "device" ? null : "WB"): View {
  return { buf: 0, page: 0, kind, pfn: pfn(frame), address: "0x0", cBit: domain !== DOMAIN_PLAIN, domain, cache, chosenBy: { function: "f", file: "f.c:1" } };
}
