// SPDX-License-Identifier: MIT
/** All rules, in the order in which lists and reports show them. */

import { aliasAttribute } from "./alias-attribute.ts";
import { ciphertextRead } from "./ciphertext-read.ts";
import { mappingFailed } from "./mapping-failed.ts";
import type { Rule } from "./rule.ts";
import { staleView } from "./stale-view.ts";

export const RULES: readonly Rule[] = [ciphertextRead, staleView, aliasAttribute, mappingFailed];
