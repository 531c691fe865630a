// SPDX-License-Identifier: MIT
/** Reads KTAP as KUnit prints it. Ref: Documentation/dev-tools/ktap.rst; tools/testing/kunit/kunit_parser.py. */

import type { TestStatus } from "../../kernel/index.ts";

/** A result line, with those below it. */
export interface KtapResult {
  readonly name: string;
  readonly status: Exclude<TestStatus, "unsupported">;
  /** What stands behind "# SKIP"; "" otherwise. */
  readonly comment: string;
  readonly children: readonly KtapResult[];
}

const INDENT = 4;
const RESULT = /^( *)(ok|not ok) \d+ ?(?:- )?([^#]*)(?: # (.*)| #(.*))?$/;

/** Reads one result line; null where the line is none. */
export function resultLine(line: string): { level: number; name: string; status: KtapResult["status"]; comment: string } | null {
  const match = RESULT.exec(line);
  if (match === null) return null;
  const comment = (match[4] ?? match[5] ?? "").trim();
  const skipped = /^SKIP\b ?(.*)$/.exec(comment);
  const status = match[2] === "not ok" ? "not ok" : skipped === null ? "ok" : "skip";
  return { level: match[1]!.length / INDENT, name: match[3]!.trim(), status, comment: skipped?.[1] ?? "" };
}

/** The results of the outermost level. Other messages of the kernel in between do not matter. */
export function parseKtap(lines: readonly string[]): KtapResult[] {
  /** Results that wait for the line of what they are part of, by level. */
  const open: KtapResult[][] = [];
  for (const line of lines) {
    const result = resultLine(line);
    if (result === null || !Number.isInteger(result.level)) continue;
    const { level, name, status, comment } = result;
    const children = open[level + 1] ?? [];
    open.length = Math.min(open.length, level + 1);
    (open[level] ??= []).push({ name, status, comment, children });
  }
  return open[0] ?? [];
}
