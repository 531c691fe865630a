// SPDX-License-Identifier: MIT
/** The TypeScript model of Linux: its releases, policies, driver profiles, and the factory that boots it. */

import { CbitError, EXIT, nearest } from "../base/index.ts";
import type { KernelFactory } from "../kernel/index.ts";
import { boot } from "./boot.ts";
import { effective_key } from "./effective-key.ts";
import { createModelKernel } from "./model-kernel.ts";
import type { Policy } from "./linux.ts";
import { POLICIES } from "./policies/index.ts";
import { parseRelease, RELEASE_LIST } from "./releases/index.ts";

export { DRIVERS } from "./drivers/index.ts";
export { DEFAULT_POLICY, POLICIES } from "./policies/index.ts";
export { POLICY_KIT, type PolicyKit } from "./policies/kit.ts";
export { ownPolicy, type PolicyDescription, type PolicySource } from "./policies/own.ts";
export type { Linux, Policy } from "./linux.ts";
export { type Change, CHANGES, changeLink, parseRelease, type Release, RELEASE_LIST } from "./releases/index.ts";

/** Names of the releases that the model covers. */
export const RELEASES: readonly string[] = RELEASE_LIST.map((r) => r.name);

function pick<T extends { readonly name: string }>(kind: string, code: string, list: readonly T[], name: string): T {
  const found = list.find((entry) => entry.name === name);
  if (found !== undefined) return found;
  const names = list.map((entry) => entry.name);
  throw new CbitError({ code, exit: EXIT.usage, message: `unknown ${kind} "${name}"; nearest: ${nearest(name, names).join(", ")}`, hint: `One of ${names.join(", ")}.` });
}

/**
 * A factory for one release, with single changes switched where it says so, under one policy.
 * @param options.policy a name, or a policy of `ownPolicy`
 * @throws CbitError (exit 2) for a name that is not known
 */
export function createModelFactory(options: { readonly release: string; readonly policy: string | Policy }): KernelFactory {
  const release = parseRelease(options.release);
  const policy = typeof options.policy === "string" ? pick("policy", "CBIT-104", POLICIES, options.policy) : options.policy;
  // The key has what the built-in policies ask of a case; what another one asks nobody knows.
  const known = POLICIES.includes(policy);
  return {
    name: `model:${release.name}`,
    policy: policy.name,
    create: (configuration, driver) => createModelKernel(configuration, driver, policy, release),
    effectiveKey: (configuration, driver) => {
      if (!known) return null;
      const { k, result } = boot(configuration, driver, policy, release);
      return effective_key(k, result);
    },
  };
}
