// SPDX-License-Identifier: MIT
/** `refusal`: probe says yes to hardware that cannot do it here, or no where nothing stands in its way. Judged when kernel and driver have booted. */

import { applies } from "../../kernel/index.ts";
import { type BootFacts, NO_CAUSE, type Rule, type Violation } from "./rule.ts";

type Told = Omit<Violation, "rule" | "severity">;

const HOWTO = "Documentation/core-api/dma-api-howto.rst:188-194 (dma_set_mask)";

function accepted({ configuration, driver }: BootFacts, reason: string, ref: string): Told {
  return {
    title: `${driver.name} is accepted on ${configuration.name}, and cannot work: ${reason}`,
    why: { text: "Where a device cannot work, probe has to say so: what follows is hangs and wrong data without a word.", ref: `${ref}, ${HOWTO}` },
    hint: "Let the driver's probe refuse this configuration.",
  };
}

function declined({ configuration, driver }: BootFacts, reason: string, ref: string): Told {
  return {
    title: `${driver.name} is refused on ${configuration.name}, where nothing is in its way: ${reason}`,
    why: { text: "What the refusal guards against does not happen on this machine: the test is wider than the reason for it.", ref },
    hint: "Test for what the hardware cannot do, not for encryption as such.",
  };
}

export const refusal: Rule = {
  id: "refusal",
  severity: "error",
  title: "a wrong answer at probe time",
  question: "Is what cannot work refused, and what can work accepted?",
  docs: "docs/rules/refusal.md",
  source: "drivers/gpu/drm/amd/amdgpu/amdgpu_drv.c:2292-2301 (a probe that declines what its hardware cannot do)",
  judge: () => NO_CAUSE,
  judgeBoot(facts) {
    const { boot, configuration, driver } = facts;
    const { cannotWork, refuses } = driver;
    // Nothing is known of what the hardware cannot do.
    if (cannotWork === undefined) return null;
    const hopeless = applies(cannotWork.when, configuration);
    if (boot.status === "ready" && hopeless) return accepted(facts, cannotWork.reason, cannotWork.ref);
    if (configuration.platform.guest && cannotWork.guests === "unknown") return null;
    if (boot.status === "refused" && !hopeless && refuses !== undefined && applies(refuses.when, configuration)) return declined(facts, refuses.reason, refuses.ref);
    return null;
  },
  describe: () => "a wrong answer at probe time",
  why: () => ({ text: "Probe answers for what comes after it.", ref: HOWTO }),
  hint: () => "Compare what the probe refuses with what the hardware cannot do.",
};
