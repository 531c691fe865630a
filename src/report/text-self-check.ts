// SPDX-License-Identifier: MIT
/** `cbit explore --self-check` as text: what each way of searching came to, and where they differ. */

import { wrongPairText } from "../check/index.ts";
import { columnsText } from "./columns.ts";
import { policyPhrase } from "./policy-phrase.ts";
import type { SelfCheckReport } from "./reports.ts";
import type { Style } from "./style.ts";
import { count, thousands, wrap } from "./wrap.ts";

/** Everything that does not agree, in words; empty where all is well. */
export function disagreements({ result, workload }: Pick<SelfCheckReport, "result" | "workload">): string[] {
  return [...result.differences, ...result.pairs.wrong.map((pair) => wrongPairText(workload, pair))];
}

/** The report, with a last line break. */
export function selfCheckText(report: SelfCheckReport, style: Style): string {
  const { result, configuration, driver, workload, kernel, policy } = report;
  const wrong = disagreements(report);
  const [verdict] = result.verdicts;
  const word = wrong.length === 0 ? "agree" : "differ";
  const head = [
    wrap(`${word}: ${count(result.rows.length, "search", "searches")} of one configuration, verdict ${verdict}`, style.width).replace(word, style.verdict(wrong.length === 0 ? "holds" : "broken", word)),
    `${driver.name}@${configuration.name}`,
    wrap(`${kernel}, ${policyPhrase(policy)}, workload ${workload.name}`, style.width),
  ].join("\n");
  const rows = result.rows.map((r, i) => [r.way, result.verdicts[i]!, thousands(r.states), thousands(r.represents), thousands(r.transitions), String(r.depth), String(r.found.length)]);
  const table = columnsText(["reduction", "verdict", "states", "stand for", "transitions", "depth", "ways found"], rows, style);
  const { tried, states, wrong: pairs } = result.pairs;
  const commute = pairs.length === 0 ? "all commute" : `${pairs.length} do not`;
  const tail = wrap(tried === 0 ? "No two operations are declared independent." : `${count(tried, "pair")} of operations that are declared independent, in both orders in ${count(states, "state")}: ${commute}.`, style.width);
  return `${[head, table, tail, ...(wrong.length === 0 ? [] : [wrong.map((w) => wrap(w, style.width, "- ")).join("\n")])].join("\n\n")}\n`;
}
