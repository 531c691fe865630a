// SPDX-License-Identifier: MIT
/**
 * What mails consist of: 72 columns of ASCII. Longer are only words that must not be broken, and commands, which stand on lines of
 * their own. Ref: Documentation/process/email-clients.rst; CKI's rule that all it takes to reproduce is in the message.
 */

import { type Finding, explainWords, formatToken, type Replay } from "../../check/index.ts";
import type { Platform } from "../../machine/index.ts";
import type { About, KernelSource } from "../about.ts";
import { eventText, operationText, seenText, tokenHex } from "../steps.ts";
import { createStyle, type Style } from "../style.ts";
import { timelineLines } from "../text-timeline.ts";
import { wrap } from "../wrap.ts";

const WIDTH = 72;
/** Without colour. */
export const MAIL: Style = createStyle(false, WIDTH);

/** Width of a fact's name. */
const LABEL = 10;

const PLAIN: Readonly<Record<string, string>> = { "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "--", "\u2026": "...", "\u2192": "->", "\u00df": "ss", "\u00e6": "ae", "\u00f8": "o", "\u0142": "l", "\u0131": "i", "\u00a0": " " };

/** Text in ASCII: letters without their accents, "?" for what has no such form. */
export function ascii(text: string): string {
  return text
    .replaceAll(/[^\n -~]/gu, (c) => PLAIN[c] ?? c)
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^\n -~]/gu, "?");
}

/** The subject, folded as headers are (RFC 5322, 2.2.3). */
export function subjectLine(text: string): string {
  return wrap(`[cbit] ${ascii(text)}`, WIDTH, "Subject: ", " ");
}

/** "workload  ttm-buffer". */
export function fact(name: string, value: string): string {
  return wrap(ascii(value), WIDTH, name.padEnd(LABEL), " ".repeat(LABEL));
}

/** What a kernel is called in a subject. */
export function kernelTitle({ kernel, tree }: KernelSource): string {
  if (tree === null) return kernel;
  return `Linux ${tree.git === null ? tree.release : tree.git.describe}${tree.patches.length > 0 ? " with patches" : ""}`;
}

function patchFacts({ tree }: KernelSource): string[] {
  const patches = tree?.patches ?? [];
  return patches.map(({ subject, author, file }, i) => fact(i === 0 ? "patches" : "", `${patches.length === 1 ? "" : `${i + 1}. `}${subject === null ? baseName(file) : `${subject}${author === null ? "" : ` (${author})`}`}`));
}

/** The base: release, commit, whether it is all; then the patches on it. @param name "base", "before" */
export function kernelFacts(source: KernelSource, name: string): string[] {
  const { kernel, policy, tree } = source;
  if (tree === null) return [fact(name, `${kernel} (cbit's model of Linux), policy ${policy ?? "of its own"}`)];
  const { git, release, path } = tree;
  const state =
    git === null
      ? ["not under git: the release is all that is known of it"]
      : [`commit ${git.commit}`, `${git.describe}${git.branch === null ? "" : `, branch ${git.branch}`}, ${git.dirty ? "DIRTY: tracked files differ from the commit" : "clean"}`, ...(git.remote === null ? [] : [git.remote])];
  return [fact(name, `Linux ${release}, ${path}`), ...state.map((line) => fact("", line)), ...patchFacts(source)];
}

/** Which cbit it was, and what was typed. */
export function toolFacts({ version, node, again }: About): string[] {
  return [fact("cbit", `${version}, Node ${node}`), `${"command".padEnd(LABEL)}${ascii(again)}`];
}

const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/**
 * How a trace is run again by whoever reads this, for whom a tree is the folder that he is in.
 * @param byId the command that searches again: a token has no steps that could show what is wrong at boot
 */
export function tokenCommand({ trace }: Pick<Finding, "trace">, source: KernelSource | undefined, byId: string): string {
  if (trace.operations.length === 0) return byId;
  if (source === undefined || source.tree === null) return ["cbit explain", ...explainWords(trace)].join(" ");
  return [`cbit explain ${formatToken({ ...trace, kernel: "tree:." })}`, ...source.tree.patches.map((p) => p.file).filter((f, i, all) => all.indexOf(f) === i).map((f) => `--patch ${baseName(f)}`)].join(" ");
}

/** What to do first: cbit itself, and the tree where there is one. */
export function prepareLines({ version, kernels }: About): string[] {
  const tree = kernels.map((k) => k.tree).find((t) => t !== null) ?? null;
  const lines = [`  npm install --global ./cbit-${version}.tgz`];
  if (tree === null) return lines;
  return [...lines, ...(tree.git === null ? [`  cd linux-${tree.release}`] : [`  cd linux && git checkout ${tree.git.commit}`]), "  cbit tree prepare ."];
}

/** A command with what it comes to, on lines of their own. */
export function commandWithResult(command: string, result: string): string[] {
  return [wrap(ascii(result), WIDTH, "  # "), `  ${command}`];
}

/** The steps: what was called, where in the kernel, what a reader got. @param events with what the kernel did in each */
export function traceLines({ steps }: Replay, events: boolean): string[] {
  return steps.flatMap((step, i) => [
    wrap(ascii(operationText(step.operation)), WIDTH, `  ${String(i + 1).padStart(2)}. `, "        "),
    ...(events ? step.events.map((e) => wrap(ascii(eventText(e)), WIDTH, "      . ")) : []),
    ...(step.result.outcome === "done" && step.result.seen !== null
      ? [`      got       ${step.result.seen.bytes}`, wrap(seenText(step), WIDTH, " ".repeat(16)), ...(step.expected === null ? [] : [`      expected  ${tokenHex(step.expected)}`])]
      : []),
    ...step.violations.map((v) => wrap(ascii(`${v.rule}: ${v.title}`), WIDTH, "      ! ", "        ")),
  ]);
}

/** Why it is wrong, with its sources. */
export function whyLines({ rule, cause, replay }: Finding): string[] {
  const violation = (replay.steps.at(-1)?.violations ?? replay.boot).find((v) => v.rule === rule);
  return [
    ...(replay.steps.length === 0 ? [] : [wrap(ascii(cause), WIDTH, "  cause   ")]),
    ...(violation === undefined ? [] : [wrap(ascii(violation.why.text), WIDTH, "  why     "), wrap(ascii(violation.why.ref), WIDTH, "  source  "), wrap(ascii(violation.hint), WIDTH, "  hint    ")]),
  ];
}

/** What is in files of the user's own, each a paragraph. In JSON and JavaScript "\\u00e4" stands for what is no ASCII. */
export function fileParagraphs({ files }: About): string[][] {
  const escaped = (text: string): string => text.replaceAll(/[^\n\t -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return files.map(({ name, text }) => [wrap(ascii(name), WIDTH, "File ", "     "), ...escaped(text).trimEnd().split("\n").map((line) => `  | ${line}`.trimEnd())]);
}

/** Who sees the page how. */
export function pageLines(replay: Replay, platform: Platform): string[] {
  return timelineLines(replay, platform, MAIL).map(ascii);
}

/** A mail, with a last line break. @param paragraphs parted by empty lines; empty ones are left out */
export function mail(subject: string, paragraphs: readonly (readonly string[])[]): string {
  return `${[[subjectLine(subject)], ...paragraphs].filter((p) => p.length > 0).map((p) => p.join("\n")).join("\n\n")}\n`;
}
