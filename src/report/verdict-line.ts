// SPDX-License-Identifier: MIT
/** The word that stands above all others. */

import type { CaseResult, Verdict } from "../check/index.ts";
import { count, thousands } from "./wrap.ts";

/** The worst verdict of a matrix, with the number of cases that have it: "broken", "242 of 540 cases". */
export function headline(cases: readonly CaseResult[]): { readonly word: Verdict; readonly text: string } {
  const number = (verdict: Verdict): number => cases.filter((c) => c.verdict === verdict).length;
  const word = (["broken", "bounded", "holds", "refused", "unsupported"] as const).find((v) => number(v) > 0) ?? "holds";
  const n = number(word);
  return { word, text: n === cases.length ? (n === 1 ? "the one case" : `all of ${count(n, "case")}`) : `${thousands(n)} of ${count(cases.length, "case")}` };
}
