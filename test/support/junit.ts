// SPDX-License-Identifier: MIT
/**
 * JUnit XML in tests: read by a real parser (Python's expat), and held against the elements, attributes and children that Jenkins' and
 * Surefire's schemas have. Ref: xunit-plugin, junit-10.xsd; maven-surefire-report, surefire-test-report-3.0.xsd.
 */

import { spawnSync } from "node:child_process";

export interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Element[];
}

const READER = `
import json, sys, xml.etree.ElementTree as E
def tell(e): return {"tag": e.tag, "attributes": e.attrib, "text": e.text or "", "children": [tell(c) for c in e]}
print(json.dumps(tell(E.fromstring(sys.stdin.buffer.read()))))
`;

interface Grammar {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly children: readonly string[];
}

const GRAMMAR: Readonly<Record<string, Grammar>> = {
  testsuites: { required: [], optional: ["name", "time", "tests", "failures", "errors"], children: ["testsuite"] },
  testsuite: { required: ["name", "tests", "failures", "errors"], optional: ["skipped", "time", "timestamp", "hostname", "id", "package"], children: ["properties", "testcase", "system-out", "system-err"] },
  properties: { required: [], optional: [], children: ["property"] },
  property: { required: ["name", "value"], optional: [], children: [] },
  testcase: { required: ["name"], optional: ["classname", "time", "group"], children: ["skipped", "error", "failure", "system-out", "system-err"] },
  failure: { required: [], optional: ["type", "message"], children: [] },
  error: { required: [], optional: ["type", "message"], children: [] },
  skipped: { required: [], optional: ["type", "message"], children: [] },
  "system-out": { required: [], optional: [], children: [] },
  "system-err": { required: [], optional: [], children: [] },
};

function assertElement({ tag, attributes, children }: Element): void {
  const grammar = GRAMMAR[tag];
  if (grammar === undefined) throw new Error(`JUnit: no element ${tag}`);
  for (const name of grammar.required) if (attributes[name] === undefined) throw new Error(`JUnit: ${tag} without ${name}`);
  for (const name of Object.keys(attributes)) if (![...grammar.required, ...grammar.optional].includes(name)) throw new Error(`JUnit: ${tag} has no ${name}`);
  for (const child of children) {
    if (!grammar.children.includes(child.tag)) throw new Error(`JUnit: ${child.tag} within ${tag}`);
    assertElement(child);
  }
  if (tag !== "testsuite") return;
  const cases = children.filter((c) => c.tag === "testcase");
  const having = (name: string): number => cases.filter((c) => c.children.some((o) => o.tag === name)).length;
  const counted = { tests: cases.length, failures: having("failure"), errors: having("error"), skipped: having("skipped") };
  for (const [name, n] of Object.entries(counted)) if (attributes[name] !== String(n)) throw new Error(`JUnit: ${attributes["name"]}: ${name}="${attributes[name]}", and there are ${n}`);
}

/** The document. @throws where it is not well-formed, or not as the schemas have it */
export function readJunit(xml: string): Element {
  const { status, stdout, stderr } = spawnSync("python3", ["-c", READER], { input: xml, encoding: "utf8", maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`JUnit: ${stderr}`);
  const root = JSON.parse(stdout) as Element;
  if (root.tag !== "testsuites") throw new Error(`JUnit: the document is ${root.tag}`);
  assertElement(root);
  return root;
}
