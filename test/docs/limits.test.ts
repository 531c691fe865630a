// SPDX-License-Identifier: MIT
/** docs/limits.md says what the tags in the sources say. `npm run limits` writes it. */

import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allLimits, limitsOf, limitsPage } from "../support/limits.ts";

const PAGE = "docs/limits.md";

describe("docs/limits.md", () => {
  const limits = allLimits();

  it("is made of tags that say which way they mislead, and what they are about", () => {
    const bad = limits.filter((l) => l.kind === null || l.text.length < 20 || !l.text.endsWith("."));
    expect(bad.map((l) => `${l.file}:${l.line}: ${l.tag} needs "(may miss bugs): " or "(may report false bugs): " and a sentence, has "${l.text}"`)).toEqual([]);
  });

  it("is up to date: run `npm run limits` where it is not", () => {
    const page = limitsPage(limits);
    if (process.env["CBIT_WRITE_LIMITS"] === "1") writeFileSync(PAGE, page);
    expect(readFileSync(PAGE, "utf8")).toBe(page);
  });

  it("has every tag", () => {
    const page = readFileSync(PAGE, "utf8");
    expect(page.match(/^- /gm)?.length).toBe(limits.length);
    expect(limits.length).toBeGreaterThan(20);
  });
});

describe("a tag's text", () => {
  const text = (source: string): string[] => limitsOf("src/x.ts", source).map((l) => `${l.line} ${l.tag}/${l.kind}: ${l.text}`);

  it("goes on to the end of its paragraph, over the lines of its comment", () => {
    expect(text("/**\n * About.\n * SIMPLIFIED (may miss bugs): one\n * two.\n *\n * Other.\n */")).toEqual(["3 SIMPLIFIED/may miss bugs: one two."]);
    expect(text("// ASSUMED (may report false bugs): one\n// two.\ncode();\n// three")).toEqual(["1 ASSUMED/may report false bugs: one two."]);
    expect(text("/** A file. UNMODELLED (may miss bugs): this. */\n// more")).toEqual(["1 UNMODELLED/may miss bugs: this."]);
  });

  it("ends at the next tag, at a reference and at a documentation tag", () => {
    expect(text(" * SIMPLIFIED (may miss bugs): one.\n * ASSUMED (may miss bugs): two. @ref a/b.c:1\n * @param x")).toEqual(["1 SIMPLIFIED/may miss bugs: one.", "2 ASSUMED/may miss bugs: two."]);
    expect(text(" * SIMPLIFIED (may miss bugs): one.\n * Ref: a/b.c:1")).toEqual(["1 SIMPLIFIED/may miss bugs: one."]);
    expect(text("/* SIMPLIFIED (may miss bugs): one.\n * two. */\n// three")).toEqual(["1 SIMPLIFIED/may miss bugs: one. two."]);
  });

  it("without a kind, or with one that is none, is found all the same", () => {
    expect(text("// SIMPLIFIED: one.\n\n// ASSUMED (perhaps): two.")).toEqual(["1 SIMPLIFIED/null: one.", "3 ASSUMED/null: two."]);
  });
});
