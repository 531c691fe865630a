// SPDX-License-Identifier: MIT
/** Reads what is needed of a patch before git applies it: its kind, the files it names, its hunks. */

/** A patch as the user named it. */
export interface PatchFile {
  /** Absolute. */
  readonly path: string;
  /** "mbox": one or several mails, for `git am`; "diff": for `git apply`. */
  readonly kind: "mbox" | "diff";
  readonly text: string;
}

/** What git finds in a patch's mails before it finds a diff. Ref: builtin/am.c detect_patch_format. */
const MAIL = /^(?:From (?![:])|[A-Za-z][-A-Za-z0-9]*:\s)/;

/** "mbox" where the first line that is not blank is that of a mail. */
export function kindOf(text: string): PatchFile["kind"] {
  const first = text.split("\n").find((line) => line.trim() !== "") ?? "";
  return MAIL.test(first) && !first.startsWith("Index:") ? "mbox" : "diff";
}

const withoutPrefix = (name: string): string => name.slice(name.indexOf("/") + 1);
/** A path that stays in the tree; null for others, which git refuses. */
const inside = (name: string): string | null => (name === "" || name.startsWith("/") || name.split("/").includes("..") ? null : name);

/** All files that a patch names, and perhaps a few more that only look like it. Paths within the tree. */
export function namedFiles(text: string): string[] {
  const names = new Set<string>();
  const add = (name: string): void => {
    const path = inside(name.trim());
    if (path !== null) names.add(path);
  };
  for (const line of text.split(/\r?\n/)) {
    const git = /^diff --git (\S+) (\S+)$/.exec(line);
    const side = /^(?:---|\+\+\+) ([^\t]+)/.exec(line);
    const whole = /^(?:rename|copy) (?:from|to) (.+)$/.exec(line);
    if (git !== null) [git[1]!, git[2]!].forEach((name) => add(withoutPrefix(name)));
    else if (side !== null && side[1] !== "/dev/null" && side[1]!.includes("/")) add(withoutPrefix(side[1]!));
    else if (whole !== null) add(whole[1]!);
  }
  return [...names].sort();
}

/** One hunk of a diff. */
export interface Hunk {
  readonly file: string;
  /** Counts from 1 within the file. */
  readonly number: number;
  /** Line of the file that it begins at. */
  readonly line: number;
  /** The lines that must be there. */
  readonly before: readonly string[];
}

/** The hunks of a diff, or of the diffs of all mails. */
export function hunksOf(text: string): Hunk[] {
  const hunks: Hunk[] = [];
  let file = "";
  let number = 0;
  let open: { before: string[]; left: number } | null = null;
  for (const line of text.split(/\r?\n/)) {
    if (open !== null && open.left > 0 && /^[ +-]|^$/.test(line)) {
      if (line.startsWith("+")) continue;
      open.before.push(line.slice(1));
      open.left--;
      continue;
    }
    const at = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@/.exec(line);
    const name = /^(?:---|\+\+\+) ([^\t]+)/.exec(line)?.[1];
    if (name !== undefined && name !== "/dev/null") [file, number] = [withoutPrefix(name.trim()), 0];
    if (at === null) continue;
    open = { before: [], left: Number(at[2] ?? 1) };
    hunks.push({ file, number: ++number, line: Number(at[1]), before: open.before });
  }
  return hunks;
}

/** The mails of an mbox. Ref: git-mailsplit(1). */
export function mailsOf(text: string): string[] {
  const mails = text.split(/^(?=From \S+ .*\d{4}$)/m).filter((mail) => mail.trim() !== "");
  return mails.length === 0 ? [text] : mails;
}

/** Where a hunk's lines fit best in a file, and the first one that differs; null where all fit. */
export function mismatch(hunk: Hunk, lines: readonly string[]): { line: number; there: string | null; wanted: string } | null {
  let best = { at: hunk.line - 1, score: -1 };
  for (let at = 0; at < Math.max(1, lines.length); at++) {
    const score = hunk.before.filter((text, i) => lines[at + i] === text).length;
    const nearer = Math.abs(at - hunk.line + 1) < Math.abs(best.at - hunk.line + 1);
    if (score > best.score || (score === best.score && nearer)) best = { at, score };
  }
  const i = hunk.before.findIndex((text, n) => lines[best.at + n] !== text);
  return i < 0 ? null : { line: best.at + i + 1, there: lines[best.at + i] ?? null, wanted: hunk.before[i]! };
}
