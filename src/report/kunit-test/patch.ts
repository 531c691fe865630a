// SPDX-License-Identifier: MIT
/** A patch as `git format-patch` writes it, with one file more and a line more in a makefile. */

import type { MakefileEnd } from "./makefiles.ts";

export interface MailedPatch {
  readonly subject: string;
  /** The commit's message, in lines. */
  readonly message: readonly string[];
  /** The new file: within the tree, and its text. */
  readonly file: string;
  readonly text: string;
  /** The makefile within the tree, how it ends, and the line to add there. */
  readonly makefile: string;
  readonly end: MakefileEnd;
  readonly added: string;
  readonly version: string;
}

const COLUMNS = 72;

/** A long subject goes on in the next line, as RFC 5322 has it. */
function folded(subject: string): string {
  const words = subject.split(" ");
  const lines = [""];
  for (const word of words) {
    if (lines[lines.length - 1]!.length + word.length + 1 > COLUMNS) lines.push("");
    lines[lines.length - 1] += `${lines[lines.length - 1] === "" && lines.length === 1 ? "" : " "}${word}`;
  }
  return lines.join("\n");
}

/** The mail. Its date is nobody's: the same finding gives the same bytes. */
export function mailed({ subject, message, file, text, makefile, end, added, version }: MailedPatch): string {
  const { lines, last } = end;
  const from = lines - last.length + 1;
  const body = text.replace(/\n$/, "").split("\n");
  return [
    "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001",
    "From: cbit <cbit@localhost>",
    "Date: Sat, 1 Jan 2000 00:00:00 +0000",
    folded(`Subject: [PATCH] ${subject}`),
    "",
    ...message,
    "---",
    `diff --git a/${makefile} b/${makefile}`,
    `--- a/${makefile}`,
    `+++ b/${makefile}`,
    `@@ -${from},${last.length} +${from},${last.length + 1} @@`,
    ...last.map((line) => ` ${line}`),
    `+${added}`,
    `diff --git a/${file} b/${file}`,
    "new file mode 100644",
    "--- /dev/null",
    `+++ b/${file}`,
    `@@ -0,0 +1,${body.length} @@`,
    ...body.map((line) => `+${line}`),
    "-- ",
    `cbit ${version}`,
    "",
  ].join("\n");
}
