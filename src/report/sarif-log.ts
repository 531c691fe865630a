// SPDX-License-Identifier: MIT
/** A SARIF 2.1.0 log: one run of cbit with its rules and results. Ref: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html */

import type { About, KernelSource } from "./about.ts";
import { type Json, print } from "./json-print.ts";
import type { Place, ToldPlace } from "./places.ts";
import { plainText } from "./plain-text.ts";

export type JsonObject = { readonly [key: string]: Json };

/** Files of the kernel are named from the top of its source. */
const KERNEL_BASE = "SRCROOT";

/** What the format and its readers take. Ref: GitHub's "SARIF support for code scanning": results of a run, locations of a thread flow. */
export const LIMITS = { results: 25_000, flowLocations: 10_000 } as const;

/** Something that is no result: why a case has no verdict. */
export interface Notification {
  readonly id: "refused" | "unsupported" | "bounded" | "left-out";
  readonly text: string;
}

/** A rule of the log. */
export interface LogRule {
  readonly id: string;
  readonly level: "error" | "note";
  readonly title: string;
  readonly question: string;
  /** Markdown. */
  readonly page: string;
  /** Null where the page has no address. */
  readonly uri: string | null;
}

export interface LogRun {
  readonly about: About;
  readonly rules: readonly LogRule[];
  readonly results: readonly JsonObject[];
  readonly notifications: readonly Notification[];
  /** Stands for runs that may be compared: "check/model:6.12/encrypted/ttm-buffer". */
  readonly category: string;
  readonly description: string;
}

const NOTIFICATIONS: Readonly<Record<Notification["id"], { readonly level: "note" | "warning"; readonly text: string }>> = {
  refused: { level: "note", text: "Kernel or driver decline the configuration: there is nothing to search." },
  unsupported: { level: "warning", text: "cbit can say nothing of the configuration." },
  bounded: { level: "warning", text: "A bound ended the search before every order of operations was tried." },
  "left-out": { level: "warning", text: "There are more results than the format's readers take." },
};

/** A file of the kernel, or with `base` null one from where cbit ran. */
export function fileLocation({ file, line, endLine }: Place, base: string | null = KERNEL_BASE): JsonObject {
  // A path as a URI reference: "+" and "=" may stand as they are.
  const uri = file.split("/").map(encodeURIComponent).join("/").replaceAll("%2B", "+").replaceAll("%3D", "=");
  return {
    artifactLocation: { uri, ...(base === null ? {} : { uriBaseId: base }) },
    region: { startLine: line ?? 1, ...(endLine === null ? {} : { endLine }) },
  };
}

/** A place with what is to be said of it. */
export function toldLocation({ place, text }: ToldPlace, base: string | null = KERNEL_BASE): JsonObject {
  return { physicalLocation: fileLocation(place, base), message: { text } };
}

function ruleJson({ id, level, title, question, page, uri }: LogRule): Json {
  const name = id.split("-").map((w) => w[0]!.toUpperCase() + w.slice(1)).join("");
  const sentence = `${title[0]!.toUpperCase()}${title.slice(1)}.`;
  return {
    id,
    name,
    shortDescription: { text: sentence },
    fullDescription: { text: `${sentence} ${question}` },
    defaultConfiguration: { level },
    help: { text: plainText(page), markdown: page },
    ...(uri === null ? {} : { helpUri: uri }),
    properties: { tags: ["memory-encryption", "dma"], precision: "very-high", "problem.severity": level === "error" ? "error" : "recommendation" },
  };
}

/** The commits that were looked at, where they are known. */
function provenance(kernels: readonly KernelSource[]): Json[] {
  return kernels.flatMap(({ tree }) => {
    if (tree === null || tree.git === null) return [];
    const { commit, branch, remote, describe, dirty } = tree.git;
    // scp's "host:path" is no URI.
    const uri = remote !== null && /^[a-z+]+:\/\//.test(remote) ? remote : fileUri(tree.path);
    return [{ repositoryUri: uri, revisionId: commit, ...(branch === null ? {} : { branch }), mappedTo: { uriBaseId: KERNEL_BASE }, properties: { describe, dirty } }];
  });
}

/** A folder as a URI, with the slash that a base needs. */
export function fileUri(path: string): string {
  return `file://${path.split("/").map(encodeURIComponent).join("/")}/`;
}

function kernelJson({ kernel, policy, tree }: KernelSource): Json {
  return { kernel, policy, ...(tree === null ? {} : { release: tree.release, patches: tree.patches.map((p) => ({ ...p })) }) };
}

/** The log, with a last line break. */
export function sarifLog({ about, rules, results, notifications, category, description }: LogRun): string {
  const tree = about.kernels.at(-1)?.tree ?? null;
  const left = results.length - LIMITS.results;
  const told: readonly Notification[] = left <= 0 ? notifications : [...notifications, { id: "left-out", text: `${left} results are left out.` }];
  const ids = [...new Set(told.map((n) => n.id))];
  const commits = provenance(about.kernels.slice(-1));
  return print({
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "cbit",
            version: about.version,
            semanticVersion: about.version,
            rules: rules.map(ruleJson),
            ...(ids.length === 0 ? {} : { notifications: ids.map((id) => ({ id, shortDescription: { text: NOTIFICATIONS[id].text }, defaultConfiguration: { level: NOTIFICATIONS[id].level } })) }),
          },
        },
        automationDetails: { id: `cbit/${category}/`, description: { text: description } },
        invocations: [
          {
            commandLine: about.commandLine,
            exitCode: about.exit,
            executionSuccessful: true,
            ...(told.length === 0 ? {} : { toolExecutionNotifications: told.map(({ id, text }) => ({ descriptor: { id, index: ids.indexOf(id) }, level: NOTIFICATIONS[id].level, message: { text } })) }),
          },
        ],
        ...(commits.length === 0 ? {} : { versionControlProvenance: commits }),
        originalUriBaseIds: { [KERNEL_BASE]: { ...(tree === null ? {} : { uri: fileUri(tree.path) }), description: { text: "The top of the kernel source." } } },
        columnKind: "utf16CodeUnits",
        results: results.slice(0, LIMITS.results),
        properties: { kernels: about.kernels.map(kernelJson) },
      },
    ],
  });
}
