// SPDX-License-Identifier: MIT
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Operation, Seen } from "../../kernel/index.ts";
import { type Domain, DOMAIN_HOST, DOMAIN_PLAIN } from "../../machine/index.ts";
import { disagreeingViews } from "./alias-attribute.ts";
import { rulesOf, view } from "./facts-for-tests.ts";
import { RULES } from "./index.ts";
import type { RuleId } from "./rule.ts";

const READ: Operation = { op: "dev_read", buf: 0, page: 0 };
const objecting = (seen: Seen, expected: number): RuleId[] => rulesOf({ operation: READ, result: { outcome: "done", seen }, expected });

const seen = (token: number | null, storedIn: Domain = DOMAIN_PLAIN, bytes = "00".repeat(16)): Seen => ({ bytes, token, storedIn, readIn: DOMAIN_PLAIN });

describe("reads", () => {
  it("give the last write, or something is wrong", () => {
    expect(objecting(seen(3), 3)).toEqual([]);
    expect(objecting(seen(2), 3)).toEqual(["stale-view"]);
    expect(objecting(seen(null), 3)).toEqual(["stale-view"]);
    expect(objecting(seen(null, DOMAIN_HOST, "ab".repeat(16)), 3)).toEqual(["ciphertext-read"]);
    expect(objecting(seen(null, DOMAIN_PLAIN, "ab".repeat(16)), 3)).toEqual(["ciphertext-read"]);
  });

  it("in another domain are ciphertext even where the bytes come out right", () => {
    expect(objecting(seen(3, DOMAIN_HOST), 3)).toEqual(["ciphertext-read"]);
  });

  it("before the first write are promised nothing", () => {
    expect(objecting(seen(null, DOMAIN_HOST, "ab".repeat(16)), 0)).toEqual([]);
  });
});

describe("aliases", () => {
  it("agree where the domain is one, and do not count on other frames", () => {
    expect(disagreeingViews([view("linear", DOMAIN_HOST), view("vmap", DOMAIN_HOST)])).toBeNull();
    expect(disagreeingViews([view("linear", DOMAIN_HOST), view("device", DOMAIN_PLAIN, 2)])).toBeNull();
  });

  it("that disagree are told by what TTM mapped against what was there", () => {
    const views = [view("linear", DOMAIN_PLAIN), view("device", DOMAIN_HOST), view("kmap", DOMAIN_HOST), view("user", DOMAIN_PLAIN)];
    expect(disagreeingViews(views)!.map((v) => v.kind)).toEqual(["kmap", "linear"]);
    expect(disagreeingViews(views.slice(2))!.map((v) => v.kind)).toEqual(["kmap", "user"]);
    expect(disagreeingViews(views.slice(0, 2))!.map((v) => v.kind)).toEqual(["linear", "device"]);
  });
});

describe("the table of rules", () => {
  it("says the same as the pages", () => {
    for (const { id, docs, title, question, severity } of RULES) {
      const page = readFileSync(docs, "utf8");
      expect(page).toMatch(`# ${id}\n`);
      expect(page.replaceAll("\n", " ").toLowerCase()).toContain(`**${title}.** *${question}* severity: ${severity}.`.toLowerCase());
    }
  });

  it("has one page and one id each", () => {
    expect(RULES.map((r) => r.docs)).toEqual(RULES.map((r) => `docs/rules/${r.id}.md`));
    expect(readdirSync("docs/rules").sort()).toEqual(["README.md", ...RULES.map((r) => `${r.id}.md`)].sort());
    expect(new Set(RULES.map((r) => r.id)).size).toBe(RULES.length);
  });
});
