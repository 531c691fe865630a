// SPDX-License-Identifier: MIT
/** What a test expects at the end: that what the rule objects to is not so. */

import { disagreeingCaches, disagreeingViews, isAccess, type ReplayStep, type RuleId, viewPhrase } from "../../check/index.ts";
import type { View } from "../../kernel/index.ts";
import { addressExpression, attributeExpression, type Writer } from "./operations.ts";
import { NOT_JUDGED, notWritten } from "./unsupported.ts";

/** Subjects of the patch, by rule. */
export const SUBJECT: Readonly<Partial<Record<RuleId, string>>> = {
  "ciphertext-read": "test that readers get what was written",
  "stale-view": "test that readers get what was written last",
  "alias-attribute": "test that views of a page agree on encryption",
  "alias-caching": "test that mappings of a page agree on caching",
  "mapping-failed": "test that a buffer can be mapped",
  "page-state": "test that the device is not given private memory",
};

const place = (view: View): string => `${viewPhrase(view)}, page ${view.page}`;

function pair(views: readonly [View, View] | null, rule: RuleId): readonly [View, View] {
  if (views === null) throw notWritten(rule, "the last step shows no two views that disagree");
  return views;
}

/** Statements after the last operation. @throws CbitError (CBIT-303) for rules that a test cannot judge */
export function judged(w: Writer, rule: RuleId, { views, operation, result }: ReplayStep): string[] {
  const reason = NOT_JUDGED[rule];
  if (reason !== undefined) throw notWritten(`a finding of ${rule}`, reason);
  switch (rule) {
    case "alias-attribute": {
      const [a, b] = pair(disagreeingViews(views), rule);
      return [`KUNIT_EXPECT_EQ_MSG(test, ${attributeExpression(w, a)},`, `\t\t    ${attributeExpression(w, b)},`, `\t\t    "encrypted: ${place(a)}; and ${place(b)}");`];
    }
    case "alias-caching": {
      const [a, b] = pair(disagreeingCaches(views), rule);
      if (a.kind === "device" || b.kind === "device") throw notWritten(rule, "a device has no cache type");
      w.need("caching");
      return [`KUNIT_EXPECT_EQ_MSG(test, cache_type(${addressExpression(w, a.buf, a.page, a.kind)}),`, `\t\t    cache_type(${addressExpression(w, b.buf, b.page, b.kind)}),`, `\t\t    "cache type: ${place(a)}; and ${place(b)}");`];
    }
    case "page-state":
      // The test ends before the platform stops the access.
      if (result.outcome === "fault" && isAccess(operation)) return [];
      throw notWritten(`a finding of ${rule} at ${operation.op}`, "the platform would stop the guest");
    case "freed-shared":
      throw notWritten(rule, "the page is not the test's any more once it is free");
    default:
      return [];
  }
}
