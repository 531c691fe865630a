// SPDX-License-Identifier: MIT
/** Tests as JUnit XML, as the readers of CI systems have it: suites with properties, cases that failed or were skipped. */

import type { Suite, Suites, Test } from "./suites.ts";
import { xmlText } from "./xml-text.ts";

function testXml(suite: string, { name, status, reason, kind, lines }: Test): string {
  const head = `    <testcase classname="${xmlText(suite)}" name="${xmlText(name)}"`;
  const story = xmlText(lines.join("\n"));
  if (status === "skip") return `${head}><skipped message="${xmlText(reason)}"/>${story === "" ? "" : `<system-out>${story}</system-out>`}</testcase>`;
  if (status === "not ok") return `${head}><failure type="${xmlText(kind)}" message="${xmlText(reason)}">${story}</failure></testcase>`;
  return story === "" ? `${head}/>` : `${head}><system-out>${story}</system-out></testcase>`;
}

const number = (tests: readonly Test[], status: Test["status"]): number => tests.filter((t) => t.status === status).length;

function suiteXml({ name, tests }: Suite, properties: Suites["properties"]): string {
  const values = properties.map(([key, value]) => `      <property name="${xmlText(key)}" value="${xmlText(value)}"/>`);
  return [
    `  <testsuite name="${xmlText(name)}" tests="${tests.length}" failures="${number(tests, "not ok")}" errors="0" skipped="${number(tests, "skip")}">`,
    "    <properties>",
    ...values,
    "    </properties>",
    ...tests.map((t) => testXml(name, t)),
    "  </testsuite>",
  ].join("\n");
}

/** Suites as JUnit XML. Ends in a line break. */
export function junit({ name, properties, suites }: Suites): string {
  const tests = suites.flatMap((s) => s.tests);
  const head = `<testsuites name="${xmlText(name)}" tests="${tests.length}" failures="${number(tests, "not ok")}" errors="0">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${[head, ...suites.map((s) => suiteXml(s, properties)), "</testsuites>"].join("\n")}\n`;
}
