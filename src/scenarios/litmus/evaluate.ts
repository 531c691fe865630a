// SPDX-License-Identifier: MIT
/** Whether a check holds of a kernel as it is now. */

import type { Kernel, View } from "../../kernel/index.ts";
import { domainName, pageStateName } from "../../machine/index.ts";
import { type Check, type Comparison, COST_NAMES, type ViewConditions } from "./litmus.ts";

/** What a check found: null where it holds, else what was expected and what is. */
export type Checked = { readonly expected: string; readonly got: string } | null;

function compares(is: Comparison, value: number): boolean {
  switch (is.operator) {
    case "=":
      return value === is.value;
    case ">=":
      return value >= is.value;
    case "<=":
      return value <= is.value;
  }
}

const comparisonText = (is: Comparison): string => (is.operator === "=" ? `${is.value}` : `${is.operator}${is.value}`);

const bit = (set: boolean): number => (set ? 1 : 0);

function attributeOf(kernel: Kernel, view: View): "private" | "shared" {
  return view.cBit === kernel.configuration.platform.setMeansShared ? "shared" : "private";
}

function conditionsText(name: string, is: ViewConditions): string {
  if (!is.present) return "absent";
  return [
    ...(is.bit === null ? [] : [`${name}=${bit(is.bit)}`]),
    ...(is.attribute === null ? [] : [is.attribute]),
    ...(is.cache === null ? [] : [`cache=${is.cache}`]),
    ...(is.domain === null ? [] : [`domain="${is.domain}"`]),
  ].join(" ");
}

function evaluateView(kernel: Kernel, check: Extract<Check, { what: "view" }>): Checked {
  const { is } = check;
  const { platform } = kernel.configuration;
  const expected = conditionsText(platform.bitName, is);
  const view = kernel.views().find((v) => v.buf === check.buf && v.page === check.page && v.kind === check.kind);
  if (view === undefined) return is.present ? { expected, got: "absent" } : null;
  const holds =
    is.present &&
    (is.bit === null || is.bit === view.cBit) &&
    // Without encryption nothing is private to anybody.
    (is.attribute === null || (platform.cBit >= 0 && is.attribute === attributeOf(kernel, view))) &&
    (is.cache === null || is.cache === view.cache) &&
    (is.domain === null || is.domain === domainName(view.domain));
  if (holds) return null;
  const attribute = platform.cBit < 0 ? "" : ` ${attributeOf(kernel, view)}`;
  return { expected, got: `${platform.bitName}=${bit(view.cBit)}${attribute}${view.cache === null ? "" : ` cache=${view.cache}`} domain="${domainName(view.domain)}"` };
}

/** Kernel and platform agree about a page unless `health` says something else. */
function evaluatePage(kernel: Kernel, check: Extract<Check, { what: "page" }>): Checked {
  const at = (v: { readonly buf: number; readonly page: number }): boolean => v.buf === check.buf && v.page === check.page;
  const wrong = kernel.health()?.mismatched.find(at);
  const linear = kernel.views().find((v) => at(v) && v.kind === "linear");
  const got = wrong !== undefined ? pageStateName(wrong.state) : linear === undefined ? "no page" : kernel.configuration.platform.cBit < 0 ? "neither" : attributeOf(kernel, linear);
  return got === check.is ? null : { expected: check.is, got };
}

function evaluateCosts(kernel: Kernel, check: Extract<Check, { what: "cost" }>): Checked {
  const costs = kernel.costs();
  const expected = check.is.map(([name, is]) => `${name}${is.operator}${is.value}`).join(" ");
  if (costs === null) return { expected, got: "not counted by this kernel" };
  if (check.is.every(([name, is]) => compares(is, costs[COST_NAMES[name]]))) return null;
  return { expected, got: check.is.map(([name]) => `${name}=${costs[COST_NAMES[name]]}`).join(" ") };
}

function evaluateWarns(is: Comparison | string, warnings: readonly string[]): Checked {
  const got = warnings.length === 0 ? "0" : `${warnings.length}: ${warnings.join("; ")}`;
  if (typeof is === "string") return warnings.some((w) => w.includes(is)) ? null : { expected: `a warning with "${is}"`, got };
  return compares(is, warnings.length) ? null : { expected: comparisonText(is), got };
}

/** @param warnings what was printed since the last reset */
export function evaluate(kernel: Kernel, check: Check, warnings: readonly string[]): Checked {
  switch (check.what) {
    case "view":
      return evaluateView(kernel, check);
    case "page":
      return evaluatePage(kernel, check);
    case "cost":
      return evaluateCosts(kernel, check);
    case "freed": {
      const freed = kernel.health()?.freedShared.length ?? 0;
      return compares(check.is, freed) ? null : { expected: comparisonText(check.is), got: `${freed}` };
    }
    case "warns":
      return evaluateWarns(check.is, warnings);
  }
}
