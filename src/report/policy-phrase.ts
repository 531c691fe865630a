// SPDX-License-Identifier: MIT
/** How reports name a mapping policy. @param policy null for a tree, whose code has its own */
export function policyPhrase(policy: string | null): string {
  return policy === null ? "the tree's own mapping policy" : `policy ${policy}`;
}
