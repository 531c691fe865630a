// SPDX-License-Identifier: MIT
/** The published schemas name what the contract has: no operation, alias, fault or domain more or less. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CPU_ALIASES, OPERATIONS } from "../../src/kernel/index.ts";
import { type Domain, domainName, FAULT_KINDS } from "../../src/machine/index.ts";

type Node = { readonly [key: string]: unknown };

/** All objects of a schema, at any depth. */
function nodesOf(value: unknown): Node[] {
  if (value === null || typeof value !== "object") return [];
  return [...(Array.isArray(value) ? [] : [value as Node]), ...Object.values(value).flatMap(nodesOf)];
}

const sorted = (words: readonly string[]): string[] => [...words].sort();

/** The words that a schema allows for a property, at each place where it has it. */
function enumsOf(schema: Node, property: string): string[][] {
  return nodesOf(schema).flatMap((n) => {
    const words = ((n["properties"] as Node | undefined)?.[property] as { readonly enum?: string[] } | undefined)?.enum;
    return words === undefined ? [] : [sorted(words)];
  });
}

describe.each(["check", "explain", "explore"])("the schema of %s", (name) => {
  const schema = JSON.parse(readFileSync(`docs/schemas/cbit.${name}-1.json`, "utf8")) as Node;

  it.each([
    ["op", Object.keys(OPERATIONS)],
    ["alias", CPU_ALIASES],
    ["fault", FAULT_KINDS],
  ])("has all words of %s", (property, words) => {
    const found = enumsOf(schema, property);
    expect(found.length).toBeGreaterThan(0);
    for (const list of found) expect(list).toEqual(sorted(words));
  });

  it("has all domains", () => {
    const domains = ([0, 1, 2, 3, 4, 5] as Domain[]).map(domainName);
    expect((schema["$defs"] as { domain: { enum: string[] } }).domain.enum).toEqual(domains);
  });

  it("has a property for each argument of each operation", () => {
    const step = nodesOf(schema).map((n) => n["properties"] as Node | undefined).find((p) => p?.["op"] !== undefined)!;
    const names = Object.values(OPERATIONS).flatMap((o) => o.arguments.map((a) => a.name));
    expect(names.filter((n) => step[n] === undefined)).toEqual([]);
  });
});
