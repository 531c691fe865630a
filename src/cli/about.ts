// SPDX-License-Identifier: MIT
/** What reports say of the kernels that were asked and of the rules: read from the disk when a format needs it. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { shellWord } from "../base/index.ts";
import { isPolicyFile, RULES } from "../check/index.ts";
import type { KernelFactory } from "../kernel/index.ts";
import type { About, KernelSource, RuleHelp } from "../report/index.ts";
import { filePath, isFile } from "../scenarios/index.ts";
import { gitState } from "./git-state.ts";
import { createHost } from "./host.ts";
import { parseTreeSpec, treeOf } from "./tree-spec.ts";
import { version } from "./version.ts";

/** The package's folder, two above the built file. */
const ROOT: URL = new URL("../../", import.meta.url);

async function sourceOf(factory: KernelFactory): Promise<KernelSource> {
  const { name: kernel, policy } = factory;
  const spec = treeOf(kernel);
  if (spec === null) return { kernel, policy, tree: null };
  const { inspectSource } = await import("../tree/index.ts");
  const { patchOutcome } = await import("./tree-kernel.ts");
  const { path } = parseTreeSpec(spec);
  const { release } = await inspectSource(createHost(version()), path);
  return { kernel, policy, tree: { path: resolve(path), release, git: gitState(path), patches: patchOutcome(factory)?.patches ?? [] } };
}

/** Where the documentation is: on the package's own site where it has one, else where it is installed. */
function pagesAt(): URL {
  const { homepage } = JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8")) as { readonly homepage?: string };
  return homepage === undefined ? ROOT : new URL(homepage.endsWith("/") ? homepage : `${homepage}/`);
}

/** All rules, each with its page. */
export function ruleHelp(): RuleHelp[] {
  const pages = pagesAt();
  return RULES.map(({ id, severity, title, question, docs }) => ({
    id,
    level: severity === "error" ? "error" : "note",
    title,
    question,
    page: readFileSync(fileURLToPath(new URL(docs, ROOT)), "utf8"),
    uri: new URL(docs, pages).href,
  }));
}

/** A word for a shell in ASCII: bytes beyond it as bash and zsh write them. */
function asciiWord(word: string): string {
  if (/^[ -~]*$/.test(word)) return shellWord(word);
  const bytes = [...Buffer.from(word)].map((b) => (b < 0x20 || b > 0x7e || b === 0x27 || b === 0x5c ? `\\x${b.toString(16).padStart(2, "0")}` : String.fromCharCode(b)));
  return `$'${bytes.join("")}'`;
}

/** The arguments without those that say how and where to write. */
export function withoutFormat(args: readonly string[]): string[] {
  const left: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (["--format", "--output", "-o"].includes(arg)) i++;
    else if (arg !== "--json" && !/^(?:--format=|--output=|-o.)/.test(arg)) left.push(arg);
  }
  return left;
}

/** What is in files that names stand for; one that has gone meanwhile is left out. */
function filesOf(names: readonly string[]): About["files"] {
  return [...new Set(names)].flatMap((name) => {
    if (!isFile(name) && !isPolicyFile(name)) return [];
    try {
      return [{ name, text: readFileSync(filePath(name), "utf8") }];
    } catch {
      return [];
    }
  });
}

/**
 * @param exit what the command will end with
 * @param names of machines and devices, some of which may be files
 */
export async function aboutRun(kernels: readonly KernelFactory[], exit: number, names: readonly string[] = []): Promise<About> {
  const args = process.argv.slice(2);
  const sources: KernelSource[] = [];
  for (const factory of kernels) sources.push(await sourceOf(factory));
  return { version: version(), node: process.versions.node, commandLine: ["cbit", ...args].map(shellWord).join(" "), again: ["cbit", ...withoutFormat(args)].map(asciiWord).join(" "), exit, kernels: sources, rules: ruleHelp(), files: filesOf([...names, ...kernels.flatMap((k) => k.policy ?? [])]) };
}
