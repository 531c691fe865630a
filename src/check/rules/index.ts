// SPDX-License-Identifier: MIT
/** The table of rules. */

import { aliasAttribute } from "./alias-attribute.ts";
import { aliasCaching } from "./alias-caching.ts";
import { bounceLeak } from "./bounce-leak.ts";
import { ciphertextRead } from "./ciphertext-read.ts";
import { exposedPrivate } from "./exposed-private.ts";
import { freedShared } from "./freed-shared.ts";
import { kernelWarn } from "./kernel-warn.ts";
import { mappingFailed } from "./mapping-failed.ts";
import { needlessShare } from "./needless-share.ts";
import { pageState } from "./page-state.ts";
import { refusal } from "./refusal.ts";
import type { Rule } from "./rule.ts";
import { staleView } from "./stale-view.ts";

/** All rules, in the order in which lists and reports show them. */
export const RULES: readonly Rule[] = [
  ciphertextRead,
  staleView,
  aliasAttribute,
  aliasCaching,
  exposedPrivate,
  freedShared,
  pageState,
  bounceLeak,
  mappingFailed,
  refusal,
  kernelWarn,
  needlessShare,
];
